import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface Spread {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** What a load came to, in ms. */
export interface LoadResult {
  /** Cycles that an open load has begun; null for a closed one. */
  begun: number | null;
  offeredForMs: number;
  /** Cycles that were let in and not brought to an end within compute's repeats: taken back. */
  gaveUp: number;
  /** Requests whose connection was refused or cut. */
  resets: number;
  /** How late the generator's own timers were: a high one says that the figures are its own and not the server's. */
  lagP99Ms: number;
  /** By call and status. */
  statuses: Record<string, Record<string, number>>;
  /** Answers of 503 and 504 that say no time to come back. */
  withoutRetryAfter: number;
  /** Refusals that took longer than `QUICK_MS`. */
  slowRefusals: number;
  refused: Spread;
  admitted: Spread;
  cycles: Spread;
  bySecond: { second: number; cycles: number; p50: number }[];
}

export interface Target {
  url: string;
  token: string;
  /** Available volumes; a cycle takes one that no other cycle has. */
  volumes: readonly string[];
}

/** A load under way. */
export interface Load {
  /** When the last cycle was begun, as Date.now(); those under way go on. */
  ended: Promise<number>;
  result: Promise<LoadResult>;
  /** Of the generator. */
  pid: number;
}

/** How long a refusal may take. */
export const QUICK_MS = 100;

/** So many clients, each with its next cycle as soon as its last has ended. */
export const closedLoop = (target: Target, clients: number, seconds: number): Load =>
  generate(target, { clients, seconds, connections: clients });

/** So many cycles begun in each second, whatever becomes of those under way. */
export const openLoop = (target: Target, rate: number, seconds: number): Load => generate(target, { rate, seconds, connections: 400 });

function generate({ url, token, volumes }: Target, job: object): Load {
  const child = spawn(process.execPath, [join(__dirname, 'load-generator.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(
    JSON.stringify({ url, volumes, headers: { 'X-Auth-Token': token, 'OpenStack-API-Version': 'volume 3.44' }, quickMs: QUICK_MS, ...job }),
  );
  const ended = new Promise<number>((resolve) =>
    child.stdout.once('data', (line: Buffer) =>
      resolve((JSON.parse(String(line).split('\n')[0] ?? '') as { loadEnded: number }).loadEnded),
    ),
  );
  const result = text(child.stdout).then((out) => {
    const [, last] = out.trim().split('\n');
    if (last === undefined) throw new Error(`the load generator ended without a result (${codeOf(child)})`);
    return JSON.parse(last) as LoadResult;
  });
  return { ended, result, pid: child.pid ?? 0 };
}

const codeOf = ({ exitCode, signalCode }: ChildProcess) => String(exitCode ?? signalCode);

/** What these processes hold, in MB: shared pages are counted once (PSS). */
export const memoryOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + pssKb(pid), 0) / 1024;

const pssKb = (pid: number): number => Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);

/** The highest of what was held, looked at twice a second until `stop`. */
export function watchMemory(pids: readonly number[]): { stop(): number } {
  let highest = memoryOf(pids);
  const timer = setInterval(() => (highest = Math.max(highest, memoryOf(pids))), 500);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(highest, memoryOf(pids));
    },
  };
}

/** How long a process's main thread has been ready to run and was not let, in ms since its start: the machine was busy with something else. */
export const keptWaitingMs = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
