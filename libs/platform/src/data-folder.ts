import { StartError } from '@app/domain';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { startOf } from './process-identity.js';

const TRIES = 5;
const CLAIM = /^lock-(\d+)-(\w+)$/;

/**
 * A folder that one process holds at a time, by a lock file named after the process and its start.
 * Everybody first puts its own file there and then looks for those of others, so two that start at once may both see the other and step back,
 * but never both go on; a file whose process is gone is only ever removed by its own name, so nobody removes a living one's by mistake.
 */
export class DataFolder {
  private constructor(
    readonly folder: string,
    private readonly lock: string,
  ) {}

  /** Makes the folder if need be, for its owner alone. @throws StartError when it cannot be written, or a living process holds it. */
  static async open(path: string): Promise<DataFolder> {
    const folder = resolve(path);
    const lock = join(folder, `lock-${process.pid}-${startOf(process.pid) ?? 'unknown'}`);
    for (let attempt = 1; ; attempt++) {
      writeLock(folder, lock);
      const holder = otherHolder(folder, lock);
      if (holder === null) return new DataFolder(folder, lock);
      rmSync(lock, { force: true });
      if (attempt === TRIES) throw heldBy(folder, holder);
      await new Promise((again) => setTimeout(again, Math.random() * 100)); // of two that stepped back, one comes first
    }
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** From here on another process may open it. */
  release(): void {
    rmSync(this.lock, { force: true });
  }
}

function writeLock(folder: string, lock: string): void {
  try {
    makeFolder(folder, 0o700);
    writeFileSync(lock, '', { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && readLocks(folder).includes(lock)) throw heldBy(folder, process.pid);
    throw new StartError(`DATA_DIR: the folder ${folder} cannot be written (${code ?? message}).`, { cause });
  }
}

/** By hand, since Node 20's own recursive way never returns where nothing can be made, as under /proc. */
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), 0o755);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!existsSync(folder)) throw error; // else somebody else has just made it
  }
}

/** Locks of processes that are gone are removed on the way. */
function otherHolder(folder: string, own: string): number | null {
  for (const lock of readLocks(folder).filter((other) => other !== own)) {
    const [, pid, started] = CLAIM.exec(lock.slice(folder.length + 1)) ?? [];
    if (startOf(Number(pid)) === started) return Number(pid);
    rmSync(lock, { force: true });
  }
  return null;
}

function readLocks(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => CLAIM.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // no folder at all: whoever asked says so
  }
}

const heldBy = (folder: string, pid: number) =>
  new StartError(`DATA_DIR: the folder ${folder} is in use by process ${pid}; stop that one first, or name another folder.`);
