import type { Lifecycle } from './lifecycle.js';

/** One thing that a process stands on. */
export interface Check {
  name: string;
  /** Without it nothing is served, so the process is not ready; without any other one it serves with less. */
  required: boolean;
  /** Null: all is well; else why not, in words that everybody may read: no host, no user, no driver's text. What it throws is logged and told to nobody. */
  look: () => Promise<string | null> | string | null;
}

export type Readiness = 'ready' | 'degraded' | 'unready' | 'draining';

export interface HealthReport {
  status: Readiness;
  /** By name: null, or the reason. */
  checks: ReadonlyMap<string, string | null>;
}

export interface HealthSettings {
  /** How long a report is given again before anybody looks anew. */
  freshMs?: number;
  /** How long a look may take. */
  limitMs?: number;
  /** Hears of every check whose outcome changes, with what it threw. */
  changed?: (check: string, reason: string | null, error?: unknown) => void;
}

const FRESH_MS = 1_000;
const LIMIT_MS = 2_000;

/**
 * Whether a process may be sent work. However many ask, nobody looks more often than once in `freshMs`, and never twice at a time: a check that
 * hangs is not asked again until it has come back.
 */
export class Health {
  private readonly probes: Probe[];
  private looking: Promise<void> | null = null;
  private freshUntil = 0;

  constructor(
    private readonly lifecycle: Lifecycle,
    checks: readonly Check[],
    private readonly settings: HealthSettings = {},
  ) {
    this.probes = checks.map((check) => new Probe(check, settings));
  }

  async report(): Promise<HealthReport> {
    if (this.looking !== null || performance.now() >= this.freshUntil) await (this.looking ??= this.look());
    const failed = this.probes.filter(({ reason }) => reason !== null);
    return { status: this.statusOf(failed), checks: new Map(this.probes.map(({ check, reason }) => [check.name, reason])) };
  }

  private statusOf(failed: readonly Probe[]): Readiness {
    if (this.lifecycle.draining) return 'draining';
    if (failed.length === 0) return 'ready';
    return failed.some(({ check }) => check.required) ? 'unready' : 'degraded';
  }

  private async look(): Promise<void> {
    await Promise.all(this.probes.map((probe) => probe.look()));
    this.freshUntil = performance.now() + (this.settings.freshMs ?? FRESH_MS);
    this.looking = null;
  }
}

/** A check, and what came of it last. */
class Probe {
  reason: string | null = null;
  private pending: Promise<void> | null = null;

  constructor(
    readonly check: Check,
    private readonly settings: HealthSettings,
  ) {}

  /** Never rejects. */
  async look(): Promise<void> {
    const limit = this.settings.limitMs ?? LIMIT_MS;
    this.pending ??= this.ask().finally(() => (this.pending = null));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => (timer = setTimeout(() => resolve(true), limit)));
    const isLate = await Promise.race([this.pending, late]).finally(() => clearTimeout(timer));
    if (isLate) this.found(`no answer within ${limit} ms`);
  }

  private async ask(): Promise<void> {
    try {
      this.found(await this.check.look());
    } catch (error) {
      this.found('cannot be reached or does not answer as it should', error);
    }
  }

  private found(reason: string | null, error?: unknown): void {
    const before = this.reason;
    this.reason = reason;
    if ((before === null) !== (reason === null)) this.settings.changed?.(this.check.name, reason, error);
  }
}
