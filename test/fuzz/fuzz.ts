import { AppProcess } from '../support/app-process';
import { memoryOf } from '../support/load';
import { currentRun } from '../support/test-run';
import { addValidated } from '../support/validated-answers';
import type { World } from '../support/world';
import { Caller } from './caller';
import type { Finding } from './judge';
import { planned } from './plan';
import { Tally } from './tally';

const DEFAULT_TYPE = 'fuzz-default';
/** Whoever is slow shall not keep the run waiting, and lists not grow with it. */
const SETTINGS = {
  OSAPI_MAX_LIMIT: '50',
  HEADERS_TIMEOUT_MS: '2000',
  REQUEST_TIMEOUT_MS: '3000',
  KEY_MANAGER: 'fixed',
  DEFAULT_VOLUME_TYPE: DEFAULT_TYPE,
};

/** One run of requests from a seed, against a gateway in a process of its own. */
export class Fuzz {
  readonly tally = new Tally();
  private readonly callers: Caller[];
  private asked = 0;

  private constructor(
    readonly gateway: AppProcess,
    private readonly seed: number,
    callers: number,
  ) {
    const port = Number(new URL(gateway.url).port);
    this.callers = Array.from({ length: callers }, (_, i) => new Caller(port, `${seed}-${i}`, this.tally));
  }

  /** `more`: what else the gateway is started with. */
  static async start(
    world: World,
    seed: number,
    { callers, more = {} }: { callers: number; more?: Record<string, string> },
  ): Promise<Fuzz> {
    const gateway = await AppProcess.start('gateway', { ...world.environment, ...SETTINGS, ...more });
    const headers = { 'X-Auth-Token': world.admin, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ volume_type: { name: DEFAULT_TYPE } });
    const { status } = await fetch(`${gateway.url}/v3/types`, { method: 'POST', headers, body });
    if (status !== 200 && status !== 409) throw new Error(`no default type: ${status}`);
    return new Fuzz(gateway, seed, callers);
  }

  /** In the order in which they were asked. */
  get findings(): Finding[] {
    return this.callers.flatMap(({ findings }) => findings).sort((a, b) => a.n - b.n);
  }

  /** Up to the nth request of the run, or to the one with which there is `enough`. */
  async upTo(total: number, enough: () => boolean = () => false): Promise<void> {
    const first = this.asked;
    this.asked = total;
    await Promise.all(this.callers.map((caller, i) => this.turns(caller, { first: first + i, total, enough })));
  }

  /** Resolves when all that is slow has ended, too. */
  async end(): Promise<void> {
    await Promise.all(this.callers.map((caller) => caller.end()));
    addValidated(currentRun().folder, { answers: this.tally.asked, held: this.tally.held });
  }

  /** In MB, garbage included, but for what was made within a moment; pages that several processes have are shared out among them (PSS). */
  async memory(): Promise<number> {
    let least = Infinity;
    for (let look = 0; look < 5; look++) {
      await new Promise((later) => setTimeout(later, 200));
      least = Math.min(least, memoryOf([this.gateway.child.pid ?? 0]));
    }
    return least;
  }

  get isAlive(): boolean {
    return this.gateway.child.exitCode === null && this.gateway.child.signalCode === null;
  }

  /** Each request belongs to one caller, whoever is faster. */
  private async turns(caller: Caller, { first, total, enough }: { first: number; total: number; enough: () => boolean }): Promise<void> {
    for (let n = first; n < total && !enough() && this.isAlive; n += this.callers.length) await caller.carryOut(n, planned(this.seed, n));
  }
}
