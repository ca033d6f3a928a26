import { StartError } from '@app/domain';
import type { Allows, Subject, Target } from './evaluate.js';
import { nearest } from './nearest.js';
import type { PolicyConfig } from './policy.config.js';
import { type PolicyFile, readPolicyFile } from './policy.file.js';
import { PART_RULES, type PartRuleName } from './policy.parts.js';
import { BASE_RULES, type DeclaredCheck, type RuleName as RouteRuleName, RULES } from './policy.rules.js';
import { RuleSet } from './rule-set.js';

export type { Subject, Target } from './evaluate.js';

export type RuleName = RouteRuleName | PartRuleName;

/** Who may do what: the declared rules, and those of the operator's file in their place. Nothing is read or parsed after the start. */
export class Policy {
  private constructor(private readonly rules: Readonly<Record<RuleName | 'context_is_admin', Allows>>) {}

  /** @throws StartError that names all faults of the file at once */
  static from({ POLICY_FILE: path, ENFORCE_NEW_DEFAULTS }: PolicyConfig): Policy {
    const { rules: own, faults: unreadable } = path === undefined ? NO_FILE : readPolicyFile(path);
    const set = new RuleSet();
    const standard = defaults(ENFORCE_NEW_DEFAULTS === 'true');
    for (const [name, texts] of standard) if (!Object.hasOwn(own, name)) set.add(name, texts);
    for (const [name, text] of Object.entries(own)) set.add(name, [text]);
    set.checkReferences();

    const faults = [...unreadable, ...unknownNames(own, standard), ...set.faults];
    if (faults.length > 0) throw new StartError(faults.map((fault) => `POLICY_FILE: ${fault}`).join('\n'));
    return new Policy(Object.fromEntries(set.compiled()) as Record<RuleName | 'context_is_admin', Allows>);
  }

  allows(rule: RuleName, caller: Subject, target: Target): boolean {
    return this.rules[rule](caller, target);
  }

  /** What `is_admin:True` means, by the rule `context_is_admin`. The token's other facts matter only where the operator's rule asks for them. */
  isAdmin(roles: readonly string[], token: Partial<Omit<Subject, 'roles' | 'isAdmin'>> = {}): boolean {
    const { userId = '', projectId = null, systemScope = null } = token;
    const caller: Subject = { ...token, userId, projectId, systemScope, roles, isAdmin: false };
    // As in Cinder, the caller is what is worked on.
    const target: Target = projectId === null ? { user_id: userId } : { user_id: userId, project_id: projectId };
    return this.rules.context_is_admin(caller, target);
  }
}

const NO_FILE: PolicyFile = { rules: {}, faults: [] };

type Defaults = ReadonlyMap<string, readonly string[]>;

function defaults(newAlone: boolean): Defaults {
  const base = Object.entries(BASE_RULES).map(([name, rule]) => [name, [rule]] as const);
  const declared = Object.entries<DeclaredCheck>({ ...RULES, ...PART_RULES }).map(
    ([name, { rule, legacy }]) => [name, newAlone || legacy === undefined ? [rule] : [rule, legacy]] as const,
  );
  return new Map<string, readonly string[]>([...base, ...declared]);
}

/** A name of the operator's own is good where another rule refers to it; any other one is a slip that would leave the default in force. */
function unknownNames(own: PolicyFile['rules'], known: Defaults): string[] {
  const referredTo = new Set(Object.values(own).flatMap((text) => [...text.matchAll(/\brule:([^\s()]+)/g)].map(([, name]) => name)));
  const unknown = Object.keys(own).filter((name) => !known.has(name) && !referredTo.has(name));
  return unknown.map((name) => `there is no rule ${name}, and no rule refers to it; the nearest is ${nearest(name, [...known.keys()])}.`);
}
