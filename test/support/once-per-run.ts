import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until';

/** What the first test that asks makes for all of the run, whatever process it is in; the others wait for it. Where that fails, the next one makes it. */
export function oncePerRun<T extends object>(runFolder: string, name: string, make: () => Promise<T>): Promise<T> {
  const file = join(runFolder, `${name}.json`);
  return until(
    `${name} is made`,
    () => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : makeAlone(file, make)),
    120_000,
  );
}

/** Null: another process is at it. */
async function makeAlone<T>(file: string, make: () => Promise<T>): Promise<T | null> {
  const lock = `${file}.lock`;
  try {
    mkdirSync(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  try {
    const made = await make();
    writeFileSync(`${lock}/made`, JSON.stringify(made));
    renameSync(`${lock}/made`, file); // whole, or not there
    return made;
  } finally {
    rmdirSync(lock);
  }
}
