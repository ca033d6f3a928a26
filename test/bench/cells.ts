import { setTimeout as pause } from 'node:timers/promises';
import { type Bed, HEADERS } from './bed';
import type { LoadResult } from './closed-loop';
import { type Floor, FLOOR_GATEWAY } from './floor/floor';
import { FloorWorker } from './floor/running-floor-worker';
import type { LoadOrder } from './load';
import { cpuOf, type Memory, MemorySampler, type PerService, perService, type Roots } from './measured-services';
import type { Observer } from './observed';
import { RunningLoad } from './running-load';
import type { Workload } from './workloads';

export interface CellKey {
  workload: Workload;
  concurrency: number;
  /** How many attachments were stored beforehand. */
  stored: number;
}

export interface Cell extends CellKey, LoadResult {
  /** Cycles, or requests, a second. */
  rate: number;
  /** CPU ms for each cycle. */
  cpu: PerService;
  memory: Memory;
}

/** A cell, and beside it the same statements and messages, bare. */
export interface Result {
  cell: Cell;
  floor: Cell | null;
}

export interface Window {
  seconds: number;
  /** At least so long, and until the code has been run so often that it is compiled. */
  warmUp: number;
}
const WARM_CYCLES = 300;

export interface Measured {
  url: string;
  roots: Roots;
  observers: readonly Observer[];
}

/** One cell of the bench: a load that has run for a while, and what was used while the window was open. */
export async function measureService(bed: Bed, apps: Measured, key: CellKey, window: Window): Promise<{ cell: Cell; seen: string[] }> {
  const clients = await bed.clients(key.concurrency);
  const order: LoadOrder = { url: apps.url, headers: HEADERS, workload: key.workload, clients, warmUp: warmUpOf(window) };
  const load = new RunningLoad('load.ts', order);
  await load.warmedUp();
  for (const observer of apps.observers) await observer.open();
  const cell = await measured(key, load, apps.roots, window.seconds);
  const seen: string[] = [];
  for (const observer of apps.observers) seen.push(await observer.close(cell));
  return { cell, seen };
}

/** The same statements and messages, bare. The apps must have ended: their queue is the floor's now. */
export async function measureFloor(bed: Bed, floor: Floor, key: CellKey, window: Window): Promise<Cell> {
  const servers = { databaseUrl: bed.postgres.url, amqpUrl: bed.broker.url };
  const clients = await bed.clients(key.concurrency);
  const worker = await FloorWorker.start({ ...servers, floor });
  try {
    const load = new RunningLoad(FLOOR_GATEWAY, { ...servers, floor, clients, warmUp: warmUpOf(window) });
    await worker.during(load.warmedUp());
    return await worker.during(measured(key, load, bed.rootsOf({ gateway: load.pid, worker: worker.pid }), window.seconds));
  } finally {
    await worker.end();
  }
}

async function measured(key: CellKey, load: RunningLoad, roots: Roots, seconds: number): Promise<Cell> {
  const sampler = new MemorySampler(roots);
  const before = cpuOf(roots);
  load.say('measure');
  await pause(seconds * 1_000);
  load.say('stop');
  const after = cpuOf(roots);
  const memory = sampler.stop();
  const result = await load.finished();
  const cpu = perService((service) => (after[service] - before[service]) / result.cycles);
  return { ...key, ...result, rate: result.cycles / result.seconds, cpu, memory };
}

const warmUpOf = ({ warmUp }: Window) => ({ seconds: warmUp, cycles: WARM_CYCLES });
