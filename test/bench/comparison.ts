import type { Result } from './cells';
import { median } from './percentiles';
import { cpuSum, isValid } from './verdicts';

/** One cell, in all runs of both. */
export interface Compared {
  cell: string;
  /** In the order of the runs; CPU ms for each cycle, over all four. */
  old: number[];
  now: number[];
}

export function note(compared: Map<string, Compared>, which: 'old' | 'now', results: readonly Result[]): void {
  for (const { cell } of results) {
    const name = `${cell.workload}, ${cell.concurrency} clients, ${cell.stored} stored`;
    const entry = compared.get(name) ?? { cell: name, old: [], now: [] };
    entry[which].push(isValid(cell) ? cpuSum(cell) : NaN);
    compared.set(name, entry);
  }
}

/** How much the median has changed, as a share of what it was. */
export const change = ({ old, now }: Compared): number => median(now) / median(old) - 1;
