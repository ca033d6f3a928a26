import { randomUUID } from 'node:crypto';
import type { Faults } from '@app/drivers';
import type { AppProcess } from '../support/app-process';
import { until } from '../support/until';
import { PROJECT_1, type World } from '../support/world';
import type { Edit } from './fault-plan';
import type { Verb } from './history/history';
import type { Site, Workers } from './planted-bugs.site';
import { type Answered, Recorder } from './recorder';

/** What a scenario needs of its processes. */
export interface Needs {
  workers?: number;
  /** Whether every bell is lost. */
  deaf?: boolean;
}

interface Owner {
  volume: string;
  instance: string;
}

const LONG_MS = 20_000;

/** A gateway and the workers of one backend, with or without a defect planted in them, and volumes that nobody else knows; all that is asked is recorded. */
export class Stage {
  readonly recorder = new Recorder();
  readonly volumes: string[] = [];
  /** Set by a scenario in which a driver fails for good. */
  mayFail = false;
  /** Workers that were stopped or killed at work: what they were at lies as it lay. */
  readonly disturbed = new Set<number>();
  private readonly owners = new Map<string, Owner>();

  private constructor(
    readonly world: World,
    private readonly gateway: AppProcess,
    private readonly workers: Workers,
    private readonly own: readonly AppProcess[],
  ) {}

  /** Only who has a defect is started for it. */
  static async open(site: Site, edits: Edit[], { workers: count = 1, deaf = false }: Needs): Promise<Stage> {
    const [ofGateway, ofWorkers] = [edits.filter(({ app }) => app === 'gateway'), edits.filter(({ app }) => app === 'worker')];
    const workers = ofWorkers.length > 0 ? site.workersWith(ofWorkers, count) : site.workers;
    await workers.fill();
    const sound = deaf ? site.deafGateway : site.gateway;
    const gateway = ofGateway.length > 0 ? await site.gatewayWith(ofGateway, deaf) : sound;
    return new Stage(site.world, gateway, workers, [
      ...(gateway === sound ? [] : [gateway]),
      ...(workers === site.workers ? [] : workers.processes),
    ]);
  }

  get ledger() {
    return this.workers.ledger;
  }

  faults(faults: Faults, worker?: number): void {
    this.workers.faults(faults, worker);
  }

  worker(i: number): AppProcess {
    const found = this.workers.processes[i];
    if (!found) throw new Error(`there is no worker ${i}`);
    return found;
  }

  freeze(i: number): void {
    this.worker(i).child.kill('SIGSTOP');
  }

  /** What it was at goes on when it is woken, and meanwhile somebody else may have begun it. */
  freezeAtWork(i: number): void {
    this.disturbed.add(this.worker(i).child.pid ?? 0);
    this.freeze(i);
  }

  async kill(i: number): Promise<void> {
    this.disturbed.add(this.worker(i).child.pid ?? 0);
    await this.worker(i).end('SIGKILL');
  }

  wake(i: number): void {
    this.worker(i).child.kill('SIGCONT');
  }

  /** On the backend of its own workers, wherever the next one would have been placed. */
  async volume(): Promise<string> {
    const id = randomUUID();
    await this.world.query(
      `insert into volumes (id, project_id, user_id, size, status, attach_status, host, availability_zone)
       values ($1, $2, 'somebody', 1, 'available', 'detached', $3, 'nova')`,
      [id, PROJECT_1, `${this.workers.backend}#fake`],
    );
    this.volumes.push(id);
    return id;
  }

  /** Null where it was refused. */
  async reserve(volume: string, instance: string = randomUUID()): Promise<string | null> {
    const answer = await this.ask('reserve', { volume, instance }, null, null);
    if (answer?.status !== 200) return null;
    const id = answer.body.attachment.id as string;
    this.owners.set(id, { volume, instance });
    return id;
  }

  async reserved(volume?: string, instance?: string): Promise<string> {
    const id = await this.reserve(volume ?? (await this.volume()), instance);
    if (id === null) throw new Error('not reserved');
    return id;
  }

  /** An attachment that is connected to a host. */
  async connected(host: string): Promise<string> {
    const id = await this.reserved();
    const answer = await this.update(id, host);
    if (answer?.status !== 200) throw new Error(`not connected: ${JSON.stringify(answer)}`);
    return id;
  }

  update = (id: string, host: string) => this.ask('update', this.owner(id), id, host);
  complete = (id: string) => this.ask('complete', this.owner(id), id, null);
  remove = (id: string) => this.ask('delete', this.owner(id), id, null);
  show = (id: string) => this.ask('show', this.owner(id), id, null);

  /** Resolves when that many calls of the driver's method have come so far, for the attachment. */
  driver(method: string, phase: string, attachment: string, times = 1): Promise<unknown> {
    const lines = () => this.ledger.entries.filter((entry) => entry.method === method && entry.attachment === attachment);
    return until(`${method} ${phase}`, () => lines().filter((entry) => entry.phase === phase).length >= times, LONG_MS);
  }

  unfinished() {
    return this.world.query(`select * from operations where state in ('pending', 'running') and volume_id = any($1)`, [this.volumes]);
  }

  /** Resolves when there is an unfinished operation such as this. */
  async promise(such: Record<string, unknown>): Promise<void> {
    const is = (op: Record<string, unknown>) => Object.entries(such).every(([key, value]) => op[key] === value);
    await until(`an operation is ${JSON.stringify(such)}`, async () => (await this.unfinished()).some(is), LONG_MS);
  }

  async close(): Promise<void> {
    for (const process of this.workers.processes) process.child.kill('SIGCONT');
    for (const process of this.own) await process.end('SIGKILL');
  }

  private ask(verb: Verb, owner: Owner, attachment: string | null, host: string | null): Promise<Answered | null | undefined> {
    return this.recorder.call(this.gateway.url, { client: owner.instance, verb, ...owner, attachment, host });
  }

  private owner(id: string): Owner {
    const owner = this.owners.get(id);
    if (!owner) throw new Error(`attachment ${id} is nobody's`);
    return owner;
  }
}
