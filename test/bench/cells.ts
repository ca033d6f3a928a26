import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bed, HEADERS } from './bed';
import type { LoadAnswer, LoadMessage, LoadOrder, LoadResult } from './load';
import { cpuOf, type Memory, MemorySampler, type PerService, perService, type Roots } from './measured-services';
import type { Observer } from './observers';
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
  /** At least so long, and until the code has been run so often that it is compiled. */
  warmUp: number;
}
const WARM_CYCLES = 300;
/** A machine that has much else to do is not waited for for ever. */
const WARM_LIMIT_MS = 120_000;

export interface Measured {
  url: string;
  roots: Roots;
  observers: readonly Observer[];
}

/** One cell of the bench: a load that has run for a while, and what was used while the window was open. */
export async function measureCell(bed: Bed, apps: Measured, key: CellKey, window: Window): Promise<{ cell: Cell; seen: string[] }> {
  const clients = await bed.clients(apps.url, key.concurrency);
  const warmUp = { seconds: window.warmUp, cycles: WARM_CYCLES };
  const load = startLoad({ url: apps.url, headers: HEADERS, workload: key.workload, clients, warmUp });
  await Promise.race([load.warm, load.result, pause(WARM_LIMIT_MS, undefined, { ref: false })]);
  for (const observer of apps.observers) await observer.open();
  const { result, cpu, memory } = await measured(load, apps.roots, window.seconds);
  const seen: string[] = [];
  for (const observer of apps.observers) seen.push(await observer.close(result));
  return { cell: { ...key, ...result, rate: result.cycles / result.seconds, cpu, memory }, seen };
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
  warm: Promise<unknown>;
  result: Promise<LoadResult>;
}

function startLoad(order: LoadOrder): RunningLoad {
  const child = fork(join(__dirname, 'start.cjs'), ['load.ts'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const warm = once(child, 'message');
  const result = new Promise<LoadResult>((resolve, reject) => {
    child.on('message', (answer: LoadAnswer) => (answer === 'warm' ? undefined : resolve(answer)));
    child.once('exit', (code, signal) => reject(new Error(`the load ended: ${code ?? signal}`)));
  });
  result.catch(() => undefined); // whoever waits for it hears it
  const say = (message: LoadMessage) => void child.send(message);
  say({ order });
  return { say, warm, result };
}
