import { statSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AppPair, Bed } from '../bed';
import { cycleOf } from '../http-calls';
import type { ClientFacts, Workload } from '../workloads';
import type { Floor } from './floor';
import { givenOf } from './given';
import { type Program, programOf } from './program';
import { type EventOf, readTrace, type TraceEvent } from './trace';

/** Whatever the apps do unasked stays away. */
const QUIET = { SWEEP_INTERVAL_MS: '86400000', LEASE_MS: '86400000', BACKEND_LOST_MS: '86400000', LOG_LEVEL: 'warn' };
const TRIES = 5;

/** What the service itself sends in a cycle of each workload, taken from cycles that it carries out; as programs that can be done again. */
export async function captureFloors(bed: Bed, workloads: readonly Workload[]): Promise<Partial<Record<Workload, Floor>>> {
  const files = { gateway: join(bed.folder, 'gateway.trace'), worker: join(bed.folder, 'worker.trace') };
  const recorded = (app: keyof AppPair) => ({
    ...QUIET,
    NODE_OPTIONS: `--require ${join(__dirname, 'recorder.cjs')}`,
    RECORD_FILE: files[app],
  });
  const apps = await bed.startApps({ gateway: recorded('gateway'), worker: recorded('worker') });
  try {
    const capture = new Capture(bed, apps.gateway.url, files);
    const floors: Partial<Record<Workload, Floor>> = {};
    for (const workload of workloads) floors[workload] = await capture.floorOf(workload);
    return floors;
  } finally {
    await bed.stopApps(apps);
  }
}

interface CycleTrace {
  given: Record<string, unknown>;
  gateway: TraceEvent[];
  worker: TraceEvent[];
}

class Capture {
  private readonly agent = new Agent({ keepAlive: true });
  private cycles = 0;

  constructor(
    private readonly bed: Bed,
    private readonly url: string,
    private readonly files: Record<keyof AppPair, string>,
  ) {}

  /** @throws Error when no two cycles that follow each other did the same. */
  async floorOf(workload: Workload): Promise<Floor> {
    let before = await this.cycle(workload);
    for (let tries = 1; ; tries++) {
      const cycle = await this.cycle(workload);
      try {
        return floorOf(before, cycle);
      } catch (error) {
        if (tries === TRIES) throw new Error(`no floor for ${workload}`, { cause: error });
      }
      before = cycle;
    }
  }

  private async cycle(workload: Workload): Promise<CycleTrace> {
    const [facts] = await this.bed.clients(1);
    const seen = await this.tellApart(facts as ClientFacts); // one was asked for
    const from = this.traces();
    await cycleOf({ url: this.url, headers: this.bed.identity.headers, agent: this.agent }, workload, seen)((_call, work) => work());
    await this.silence();
    const { gateway, worker } = this.traces();
    return {
      given: givenOf(seen),
      gateway: gateway.slice(from.gateway.length),
      worker: worker.slice(from.worker.length),
    };
  }

  /** Numbers that every cycle has anew, and none in common with another cycle or with anything else: so it is seen where they go. */
  private async tellApart(facts: ClientFacts): Promise<ClientFacts> {
    const base = ++this.cycles * 1_000_003;
    await this.bed.client.query('update volumes set revision = $2 where id = $1', [facts.volume, 700_000_000 + base]);
    await this.bed.client.query(`select setval('claim_numbers', $1)`, [500_000_000 + base]);
    await this.silence();
    const shown = facts.stored[this.cycles % facts.stored.length];
    return { ...facts, stored: shown === undefined ? [] : [shown] };
  }

  /** The worker's last words come after the answer. */
  private async silence(): Promise<void> {
    const length = () => Object.values(this.files).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
    for (let before = -1; before !== length(); await pause(300)) before = length();
  }

  private traces(): Record<keyof AppPair, TraceEvent[]> {
    return { gateway: readTrace(this.files.gateway), worker: readTrace(this.files.worker) };
  }
}

function floorOf(one: CycleTrace, other: CycleTrace): Floor {
  const [deliveries, others] = [one.worker, other.worker].map(perDelivery) as [TraceEvent[][], TraceEvent[][]]; // of two, two
  if (deliveries.length !== others.length) throw new Error('the two cycles did not ring as often');
  const worker: Record<string, Program> = {};
  deliveries.forEach((events, at) => {
    worker[typeOf(events)] = programOf({ given: {}, events }, { given: {}, events: others[at] ?? [] });
  });
  const delivery = deliveries[0]?.[0] as EventOf<'delivery'> | undefined; // the first of every part
  return {
    gateway: programOf({ given: one.given, events: one.gateway }, { given: other.given, events: other.gateway }),
    worker,
    queue: delivery ? { name: delivery.queue, prefetch: delivery.window ?? 0 } : null,
    sessions: { gateway: sessionOf(one.gateway), worker: sessionOf(one.worker) },
  };
}

const sessionOf = (events: readonly TraceEvent[]): string => events.find((event) => event.kind === 'query')?.session ?? '';

/** @throws Error for what belongs to no delivery. */
function perDelivery(events: readonly TraceEvent[]): TraceEvent[][] {
  const parts: TraceEvent[][] = [];
  for (const event of events) {
    if (event.kind === 'delivery') parts.push([]);
    const part = parts.at(-1);
    if (!part) throw new Error(`the worker did something unasked: ${event.kind}`);
    part.push(event);
  }
  return parts;
}

const typeOf = ([first]: TraceEvent[]): string => String((first as EventOf<'delivery'>).properties.type);
