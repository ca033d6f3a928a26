/** A policy's check, as a tree. */
export type Check =
  | { is: 'constant'; allows: boolean }
  | { is: 'not'; check: Check }
  | { is: 'and' | 'or'; left: Check; right: Check }
  | { is: 'rule'; name: string }
  | { is: 'role'; role: Value }
  | { is: 'equal'; left: Value; right: Value };

export type Value = { of: 'text'; text: string } | { of: 'caller'; fact: CallerFact } | { of: 'target'; key: TargetKey };

const CALLER_FACTS = ['user_id', 'project_id', 'system_scope', 'is_admin', 'is_admin_project', 'service_roles', 'service_user_id'] as const;
/** What a check may ask of who calls, beside the roles. */
export type CallerFact = (typeof CALLER_FACTS)[number];

const TARGET_KEYS = ['project_id', 'user_id'] as const;
/** What a check may ask of what is worked on, as `%(project_id)s`. */
export type TargetKey = (typeof TARGET_KEYS)[number];

/** A part of a check string. `at` counts characters from 1; 0 is its end. */
export interface Found {
  text: string;
  at: number;
}

/** Where a check string goes wrong, and what was expected there. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}

export const refusal = ({ text, at }: Found, expected: string): CheckError =>
  new CheckError(`${at === 0 ? 'at its end' : `at character ${at} (${text})`}: expected ${expected}`);

/** @throws CheckError */
export function parseWord(word: Found): Check {
  if (word.text === '@' || word.text === '!') return { is: 'constant', allows: word.text === '@' };
  const colon = word.text.indexOf(':');
  if (colon < 1) throw refusal(word, 'a check, such as role:member');
  const kind = word.text.slice(0, colon);
  const match: Found = { text: word.text.slice(colon + 1), at: word.at + colon + 1 };
  if (match.text === '') throw refusal(word, `a word right behind the colon, such as ${kind}:member`);
  if (kind === 'rule') return { is: 'rule', name: plain(match) };
  if (kind === 'role') return { is: 'role', role: matchOf(match) };
  return { is: 'equal', left: leftOf({ text: kind, at: word.at }), right: isYesOrNo(kind) ? yesOrNo(match) : matchOf(match) };
}

const isYesOrNo = (kind: string): boolean => kind.startsWith('is_admin');

function yesOrNo(found: Found): Value {
  if (found.text === 'True' || found.text === 'False') return { of: 'text', text: found.text };
  throw refusal(found, 'True or False');
}

const TEMPLATE = /^%\((.*)\)s$/;

function matchOf(found: Found): Value {
  const asked = TEMPLATE.exec(found.text)?.[1];
  if (asked === undefined) return { of: 'text', text: plain(found) };
  const key = TARGET_KEYS.find((known) => known === asked);
  if (key === undefined) throw refusal(found, `one of ${TARGET_KEYS.map((known) => `%(${known})s`).join(', ')}`);
  return { of: 'target', key };
}

/** None of these characters is in a name or an id; with them a check would be another one than its writer meant, and hold for nobody. */
function plain(found: Found): string {
  if (/[()%'"]/.test(found.text)) throw refusal(found, 'a name without quotes, parentheses and %, or %(project_id)s as a whole');
  return found.text;
}

const LITERAL = /^(?:(['"])(.*)\1|True|False|None|-?\d+)$/;

function leftOf(found: Found): Value {
  const literal = LITERAL.exec(found.text);
  if (literal) return { of: 'text', text: literal[2] ?? found.text };
  const fact = CALLER_FACTS.find((known) => known === found.text);
  if (fact === undefined) throw refusal(found, `one of rule, role, ${CALLER_FACTS.join(', ')}, or a constant`);
  return { of: 'caller', fact };
}
