import { StartError } from '@app/domain';
import { Logger, type OnModuleInit } from '@nestjs/common';
import type { Allows, Subject, Target } from './evaluate.js';
import { sortedRules } from './operator-rules.js';
import type { PolicyConfig } from './policy.config.js';
import { type PolicyFile, readPolicyFile } from './policy.file.js';
import { PART_RULES, type PartRuleName } from './policy.parts.js';
import { BASE_RULES, type DeclaredCheck, type RuleName as RouteRuleName, RULES } from './policy.rules.js';
import { RuleSet } from './rule-set.js';

export type { Subject, Target } from './evaluate.js';

export type RuleName = RouteRuleName | PartRuleName;

/** Who may do what: the declared rules, and those of the operator's file in their place. Nothing is read or parsed after the start. */
export class Policy implements OnModuleInit {
  private constructor(
    private readonly rules: Readonly<Record<RuleName | 'context_is_admin', Allows>>,
    /** Rules whose answer about one thing says nothing about another. */
    private readonly choosy: ReadonlySet<string>,
    /** Names in the file of what Cinder alone asks. */
    readonly passedOver: readonly string[],
  ) {}

  /** @throws StartError that names all faults of the file at once */
  static from({ POLICY_FILE: path, ENFORCE_NEW_DEFAULTS }: PolicyConfig): Policy {
    const file = path === undefined ? NO_FILE : readPolicyFile(path);
    const standard = defaults(ENFORCE_NEW_DEFAULTS === 'true');
    const { applied, passedOver, faults: unknown } = sortedRules(file.rules, new Set(standard.keys()));
    const set = new RuleSet();
    for (const [name, texts] of standard) if (!Object.hasOwn(applied, name)) set.add(name, texts);
    for (const [name, text] of Object.entries(applied)) set.add(name, [text]);
    set.checkReferences();

    const faults = [...file.faults, ...unknown, ...set.faults];
    if (faults.length > 0) throw new StartError(faults.map((fault) => `POLICY_FILE: ${fault}`).join('\n'));
    const choosy = new Set(set.names.filter((name) => set.looksBehindNot(name)));
    return new Policy(Object.fromEntries(set.compiled()) as Record<RuleName | 'context_is_admin', Allows>, choosy, passedOver);
  }

  onModuleInit(): void {
    if (this.passedOver.length > 0)
      new Logger(Policy.name).log(`POLICY_FILE: passed over, since nothing here asks it: ${this.passedOver.join(', ')}`);
  }

  allows(rule: RuleName, caller: Subject, target: Target): boolean {
    return this.rules[rule](caller, target);
  }

  /** Whether it allows each of these cases, and whatever else they stand for. */
  allowsAll(rule: RuleName, caller: Subject, cases: readonly Target[]): boolean {
    return !this.choosy.has(rule) && cases.every((target) => this.allows(rule, caller, target));
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
