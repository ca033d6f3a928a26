import { randomBytes } from 'node:crypto';
import { type Faults, readLedger, writeFaults } from '@app/drivers';
import { AppProcess } from '../support/app-process';
import { currentRun } from '../support/test-run';
import { startWorld, type World } from '../support/world';
import { type Edit, underPlan } from './fault-plan';

/** Longer than anything takes in which nothing is wrong. */
const WAIT_LIMIT_MS = '12000';
/** A worker that is short of the machine must not lose its claims. */
const LEASE_MS = 4000;
/** Nobody is there. */
const DEAD_BROKER = 'amqp://127.0.0.1:1';

/** Workers of one backend, each of which hears of faults of its own. */
export class Workers {
  readonly backend = `b${randomBytes(5).toString('hex')}@fake`;
  readonly processes: AppProcess[] = [];
  private readonly beside = `${currentRun().folder}/${this.backend}`;

  constructor(
    private readonly start: (app: 'worker', environment: Record<string, string>) => Promise<AppProcess>,
    private readonly count: number,
  ) {}

  /** Those that are missing: at first all, later the ones that were killed. */
  async fill(): Promise<this> {
    const missing = Array.from({ length: this.count }, (_, i) => i).filter(
      (i) => this.processes[i]?.child.exitCode !== null || this.gone(i),
    );
    await Promise.all(missing.map(async (i) => (this.processes[i] = await this.start('worker', this.environment(i)))));
    this.faults({});
    return this;
  }

  /** Steers the driver of one worker, or of all of them. */
  faults(faults: Faults, worker?: number): void {
    const which = worker === undefined ? this.processes.map((_, i) => i) : [worker];
    for (const i of which) writeFaults(this.faultsFile(i), faults);
  }

  get ledger() {
    return readLedger(`${this.beside}.ledger`);
  }

  private gone = (i: number): boolean => this.processes[i] === undefined || this.processes[i].child.signalCode !== null;
  private faultsFile = (i: number): string => `${this.beside}-${i}.faults`;

  private environment(i: number): Record<string, string> {
    const options = { ledger: `${this.beside}.ledger`, faultsFile: this.faultsFile(i) };
    return { BACKENDS: JSON.stringify([{ name: this.backend, pool: 'fake', driver: 'fake', options }]) };
  }
}

/** One database and broker for all; who has no defect planted in it serves every scenario. */
export class Site {
  readonly started: AppProcess[] = [];
  gateway: AppProcess;
  /** Its bells are not heard. */
  deafGateway: AppProcess;
  workers: Workers;
  private plans = 0;

  private constructor(readonly world: World) {}

  static async open(): Promise<Site> {
    const site = new Site(await startWorld({ workers: 0, gateways: 0, times: { LEASE_MS } }));
    site.workers = site.workersWith([], 2);
    return site;
  }

  /** One after the other at first, since the first start of an app may have to build it. */
  async start(): Promise<void> {
    this.gateway = await this.run('gateway', {});
    [this.deafGateway] = await Promise.all([this.run('gateway', { AMQP_URL: DEAD_BROKER }), this.workers.fill()]);
  }

  gatewayWith(edits: Edit[], deaf: boolean): Promise<AppProcess> {
    return this.run('gateway', deaf ? { AMQP_URL: DEAD_BROKER } : {}, edits);
  }

  workersWith(edits: Edit[], count: number): Workers {
    return new Workers((app, environment) => this.run(app, environment, edits), count);
  }

  async close(): Promise<void> {
    for (const process of this.started) await process.end('SIGKILL');
    await this.world.stop();
  }

  private async run(app: 'gateway' | 'worker', more: Record<string, string>, edits: Edit[] = []): Promise<AppProcess> {
    const plan = edits.length > 0 ? underPlan(currentRun().folder, `planted-${++this.plans}`, { edits }) : {};
    const started = await AppProcess.start(app, { ...this.world.environment, WAIT_LIMIT_MS, ...more, ...plan });
    this.started.push(started);
    return started;
  }
}
