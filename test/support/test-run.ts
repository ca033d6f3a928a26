import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

// NOTE relative imports of the files that global-setup reaches have no `.js`: jest loads them by Node's own require, which knows only files.

/** What every test of a run may know; kept in the file that TEST_STATE_FILE names. */
export interface RunState {
  /** Everything that the run writes beside the repository is in here; removed at its end. */
  folder: string;
  databaseUrl: string;
  amqpUrl: string;
  /** Otherwise the server was there before, and the run's databases must go from it. */
  databaseIsPrivate: boolean;
}

/** A server or an app that must not outlive the run. */
export type Registered = { signal: 'SIGKILL' | 'SIGQUIT' } & ({ pid: number; group: boolean } | { pidFile: string });

let guardian: ChildProcess | null = null;

/** Makes the run's folder, and starts the process that ends and removes all when this one is gone, however it goes. */
export function beginRun(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-'));
  chmodSync(folder, 0o755); // PostgreSQL's user passes through
  mkdirSync(join(folder, 'running'));
  process.env.TEST_RUN_FOLDER = folder;
  guardian = spawn(process.execPath, [join(__dirname, 'guardian.mjs'), folder], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  return folder;
}

export function publishRun(state: RunState): void {
  const file = join(state.folder, 'state.json');
  writeFileSync(file, JSON.stringify(state));
  Object.assign(process.env, { TEST_DATABASE_URL: state.databaseUrl, TEST_AMQP_URL: state.amqpUrl, TEST_STATE_FILE: file });
}

/** Resolves when nothing that the run started is left. */
export async function endRun(): Promise<void> {
  const ending = guardian;
  guardian = null;
  if (ending === null || ending.exitCode !== null) return;
  const gone = new Promise((exited) => ending.once('exit', exited));
  ending.stdin?.end();
  await gone;
}

/** @throws when no test run goes on, which means that the project of the test does not name global-setup. */
export function currentRun(): RunState {
  const file = process.env.TEST_STATE_FILE;
  if (file === undefined) throw new Error('no servers in this run: they are started for the tests of the project `system` only');
  return JSON.parse(readFileSync(file, 'utf8')) as RunState;
}

/** Names this run in what it makes on servers that were there before it. */
export const runName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_');

export function register(folder: string, name: string, entry: Registered): void {
  writeFileSync(join(folder, 'running', name), JSON.stringify(entry));
}

export function unregister(folder: string, name: string): void {
  rmSync(join(folder, 'running', name), { force: true });
}
