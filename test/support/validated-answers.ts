import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'validated-answers';

/** Kept for the end of the run: each spec counts in a process of its own. */
export const addValidated = (folder: string, count: number): void => appendFileSync(join(folder, FILE), `${count}\n`);

export function totalValidated(folder: string): number {
  const file = join(folder, FILE);
  if (!existsSync(file)) return 0;
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}
