import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bed } from './bed';
import type { LoadResult } from './closed-loop';
import { type Floor, FLOOR_GATEWAY } from './floor/floor';
import { ROUND_TRIPS, ROUND_TRIPS_OF } from './floor/round-trips';
import { FloorWorker } from './floor/running-floor-worker';
import type { LoadOrder } from './load';
import { cpuOf, type Memory, MemorySampler, type PerService, perService, type Roots } from './measured-services';
import type { Observer } from './observed';
import { cpuMs, machineCpuMs } from './process-group';
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
  /** The share of the machine that others had, who are no part of the bench: above a few hundredths the figures are too high. */
  others: number;
}

/** A cell, and what it is held against. */
export interface Result {
  cell: Cell;
  /** The same statements and messages, bare. */
  floor: Cell | null;
  /** As many statements, the smallest that there are, and the same messages. */
  roundTrips: Cell | null;
}

export interface Window {
  seconds: number;
  /** Before it, in seconds, and in cycles: code that is not run often is not compiled. */
  warmUp: number;
  warmCycles: number;
}

export interface Measured {
  url: string;
  roots: Roots;
  observers: readonly Observer[];
}

/** One cell of the bench: a load that has run for a while, and what was used while the window was open. */
export async function measureService(bed: Bed, apps: Measured, key: CellKey, window: Window): Promise<{ cell: Cell; seen: string[] }> {
  const clients = await bed.clients(key.concurrency);
  const order: LoadOrder = { url: apps.url, headers: bed.identity.headers, workload: key.workload, clients, warmUp: warmUpOf(window) };
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
  await bed.client.query(ROUND_TRIPS);
  await bed.client.query(ROUND_TRIPS_OF, [clients.map(({ volume }) => volume)]);
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
  const others = othersSince(roots, load.pid);
  const before = cpuOf(roots);
  load.say('measure');
  await pause(seconds * 1_000);
  load.say('stop');
  const after = cpuOf(roots);
  const disturbed = others();
  const memory = sampler.stop();
  const result = await load.finished();
  const cpu = perService((service) => (after[service] - before[service]) / result.cycles);
  return { ...key, ...result, rate: result.cycles / result.seconds, cpu, memory, others: disturbed };
}

function othersSince(roots: Roots, load: number): () => number {
  const ours = [...Object.values(roots).flat(), load, process.pid];
  const unexplained = () => machineCpuMs() - cpuMs(ours);
  const [at, before] = [performance.now(), unexplained()];
  return () => Math.max(0, (unexplained() - before) / ((performance.now() - at) * cpus().length));
}

const warmUpOf = ({ warmUp, warmCycles }: Window) => ({ seconds: warmUp, cycles: warmCycles });
