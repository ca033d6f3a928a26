import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bed, HEADERS } from './bed';
import type { LoadMessage, LoadOrder, LoadResult } from './load';
import { cpuOf, type Memory, MemorySampler, type PerService, perService, type Roots } from './measured-services';
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

export interface Window {
  seconds: number;
  warmUp: number;
}

/** One cell of the bench: a load that has run for a while, and what was used while the window was open. */
export async function measureCell(bed: Bed, apps: { url: string; roots: Roots }, key: CellKey, window: Window): Promise<Cell> {
  const clients = await bed.clients(apps.url, key.concurrency);
  const load = startLoad({ url: apps.url, headers: HEADERS, workload: key.workload, clients });
  await pause(window.warmUp * 1_000);
  const { result, cpu, memory } = await measured(load, apps.roots, window.seconds);
  return { ...key, ...result, rate: result.cycles / result.seconds, cpu, memory };
}

async function measured(load: RunningLoad, roots: Roots, seconds: number) {
  const memorySampler = new MemorySampler(roots);
  const before = cpuOf(roots);
  load.say('measure');
  await pause(seconds * 1_000);
  load.say('stop');
  const after = cpuOf(roots);
  const memory = memorySampler.stop();
  const result = await load.result;
  return { result, memory, cpu: perService((service) => (after[service] - before[service]) / result.cycles) };
}

interface RunningLoad {
  say(message: LoadMessage): void;
  result: Promise<LoadResult>;
}

function startLoad(order: LoadOrder): RunningLoad {
  const child = fork(join(__dirname, 'start.cjs'), ['load.ts'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const result = new Promise<LoadResult>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadResult));
    child.once('exit', (code, signal) => reject(new Error(`the load ended: ${code ?? signal}`)));
  });
  result.catch(() => undefined); // whoever waits for it hears it
  const say = (message: LoadMessage) => void child.send(message);
  say({ order });
  return { say, result };
}
