import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'validated-answers';

/** Of the tests' own gateways: what they answered below `/v3`, and how much of all was held against the document. */
export interface Answered {
  answers: number;
  held: number;
}

/** Kept for the end of the run: each spec counts in a process of its own. */
export const addValidated = (folder: string, answered: Answered): void =>
  appendFileSync(join(folder, FILE), `${JSON.stringify(answered)}\n`);

/** @throws when there was something to hold, and nothing was: the tests would pass whatever the document says. */
export function totalValidated(folder: string): number {
  const file = join(folder, FILE);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const all = lines.map((line) => JSON.parse(line) as Answered);
  const held = sum(all.map((one) => one.held));
  const answers = sum(all.map((one) => one.answers));
  if (answers > 0 && held === 0) throw new Error(`of ${answers} answers none was held against /openapi.json`);
  return held;
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
