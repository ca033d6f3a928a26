import { type Check, CheckError, parseCheck } from './check.js';
import { circlesIn } from './circles.js';
import { type Allows, compile } from './evaluate.js';
import { nearest } from './nearest.js';

/** Rules by name, as trees that refer to each other. */
export class RuleSet {
  private readonly checks = new Map<string, Check | null>();
  /** Everything that is wrong with them, a sentence each. */
  readonly faults: string[] = [];

  /** @param texts check strings of one rule; any of them allows */
  add(name: string, texts: readonly string[]): void {
    const parsed = texts.map((text) => this.parsed(name, text));
    const whole = parsed.every((check) => check !== null);
    this.checks.set(name, whole ? parsed.reduce((left, right) => ({ is: 'or', left, right })) : null);
  }

  get names(): string[] {
    return [...this.checks.keys()];
  }

  /** Adds to the faults what a rule refers to and is not there, and rules that refer to themselves. */
  checkReferences(): void {
    for (const [name, check] of this.checks) {
      for (const other of new Set(check ? referencesOf(check) : []))
        if (!this.checks.has(other)) this.faults.push(`${name} refers to rule:${other}, which is not there${nearest(other, this.names)}.`);
    }
    const references = (name: string) => {
      const check = this.checks.get(name);
      return check ? referencesOf(check) : [];
    };
    this.faults.push(...circlesIn(this.names, references));
  }

  /** Each rule as a function. Only for a set without faults: a circle would never end here. */
  compiled(): Map<string, Allows> {
    const done = new Map<string, Allows>();
    const ruled = (name: string): Allows => {
      const known = done.get(name);
      if (known) return known;
      const check = this.checks.get(name);
      if (!check) throw new TypeError(`the rule ${name} has faults`);
      const allows = compile(check, ruled);
      done.set(name, allows);
      return allows;
    };
    this.names.forEach(ruled);
    return done;
  }

  /** Whether a rule looks at what is worked on behind a `not`: then that it lets a caller work on one thing says nothing about the next. */
  looksBehindNot(name: string): boolean {
    const looks = (check: Check | null | undefined, behind: boolean): boolean => {
      switch (check?.is) {
        case 'rule':
          return looks(this.checks.get(check.name), behind);
        case 'not':
          return looks(check.check, true);
        case 'and':
        case 'or':
          return looks(check.left, behind) || looks(check.right, behind);
        case 'role':
          return behind && check.role.of === 'target';
        case 'equal':
          return behind && [check.left, check.right].some(({ of }) => of === 'target');
        case 'constant':
        case undefined:
          return false;
      }
    };
    return looks(this.checks.get(name), false);
  }

  private parsed(name: string, text: string): Check | null {
    try {
      return parseCheck(text);
    } catch (error) {
      if (!(error instanceof CheckError)) throw error;
      this.faults.push(`${name} is ${JSON.stringify(text)}: ${error.message}.`);
      return null;
    }
  }
}

function referencesOf(check: Check): string[] {
  switch (check.is) {
    case 'rule':
      return [check.name];
    case 'not':
      return referencesOf(check.check);
    case 'and':
    case 'or':
      return [...referencesOf(check.left), ...referencesOf(check.right)];
    case 'constant':
    case 'role':
    case 'equal':
      return [];
  }
}
