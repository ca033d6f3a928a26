import { circlesIn } from './circles.js';
import { distance, nearest } from './nearest.js';
import { RULES_OF_OTHERS, SPLIT_RULES } from './rules-of-cinder.js';

type Texts = Readonly<Record<string, string>>;

/** The rules of an operator's file, by what becomes of them. */
export interface OperatorRules {
  /** What is asked here, and what that refers to. */
  applied: Texts;
  /** What Cinder alone asks, and names of the operator's own that nothing here refers to. */
  passedOver: readonly string[];
  /** Names that are none, a sentence each: as slips they would leave the default in force; and circles of what is passed over. */
  faults: readonly string[];
}

export function sortedRules(own: Texts, known: ReadonlySet<string>): OperatorRules {
  const names = Object.keys(own);
  const applied = reachable(
    own,
    names.filter((name) => known.has(name)),
  );
  const rest = names.filter((name) => !applied.has(name));
  const isSlip = (name: string) => !RULES_OF_OTHERS.has(name) && (name.includes(':') || isNearly(name, known));
  return {
    applied: Object.fromEntries(Object.entries(own).filter(([name]) => applied.has(name))),
    passedOver: rest.filter((name) => !isSlip(name)),
    faults: [
      ...rest.filter(isSlip).map((name) => unknown(name, [...known, ...RULES_OF_OTHERS])),
      // Circles of what is applied are found in its checks. Whatever else is passed over need not make sense here; a circle makes none in Cinder either.
      ...circlesIn(rest, (name) => (applied.has(name) ? [] : referencesOf(own, name))),
    ],
  };
}

/** What is asked has a colon in its name; a name without one is what others refer to, and a slip only where it was to be one of those that are here. */
const isNearly = (name: string, known: ReadonlySet<string>): boolean => [...known].some((other) => distance(name, other) <= 2);

/** These, and what they refer to in the file, however many steps away. */
function reachable(own: Texts, from: readonly string[]): Set<string> {
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (!Object.hasOwn(own, name) || found.has(name)) return;
    found.add(name);
    referencesOf(own, name).forEach(follow);
  };
  from.forEach(follow);
  return found;
}

/** Read off the text, since it need not be a check string. */
function referencesOf(own: Texts, name: string): string[] {
  const text = Object.hasOwn(own, name) ? own[name] : undefined;
  return [...(text ?? '').matchAll(/\brule:([^\s()]+)/g)].map(([, other = '']) => other);
}

function unknown(name: string, known: readonly string[]): string {
  const parts = SPLIT_RULES[name];
  if (parts) return `${name} has become several rules: write ${parts.join(', ')} in its place.`;
  return `there is no rule ${name}, and no rule refers to it${nearest(name, known)}.`;
}
