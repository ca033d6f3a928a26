import type { Cell, Result } from './cells';
import { SERVICES } from './measured-services';

/** A figure that was to be reached, and what came of it. */
export interface Verdict {
  what: string;
  target: number;
  unit: string;
  /** The worst of the cells that it is about; null where none was measured. */
  figure: number | null;
  reached: boolean;
}

interface Target {
  what: string;
  target: number;
  unit: string;
  about: (cell: Cell) => boolean;
  figure: (cell: Cell) => number;
}

export const cpuSum = ({ cpu }: Pick<Cell, 'cpu'>, services = SERVICES as readonly (keyof Cell['cpu'])[]): number =>
  services.reduce((sum, service) => sum + cpu[service], 0);

/** Where a machine of two cores is as busy as it will be. */
const CONCURRENCIES = [8, 32];
const ROWS_OF_LONG_LIST = 100_000;

const TARGETS: Target[] = CONCURRENCIES.flatMap((concurrency) => [
  {
    what: `CPU of an attach-cycle over all four, ${concurrency} clients`,
    target: 8,
    unit: 'ms',
    about: (cell) => cell.workload === 'attach-cycle' && cell.concurrency === concurrency,
    figure: (cell) => cpuSum(cell),
  },
  {
    what: `memory of gateway and worker, ${concurrency} clients, whatever they do`,
    target: 350,
    unit: 'MB',
    about: (cell) => cell.concurrency === concurrency,
    figure: (cell) => cell.memory.gatewayAndWorker,
  },
  {
    what: `CPU of a page of 100 out of 100,000, gateway and database, ${concurrency} clients`,
    target: 5,
    unit: 'ms',
    about: (cell) => cell.workload === 'list' && cell.stored === ROWS_OF_LONG_LIST && cell.concurrency === concurrency,
    figure: (cell) => cpuSum(cell, ['gateway', 'database']),
  },
]);

/** A cell with an error counts for nothing. */
export const isValid = ({ errors, cycles }: Pick<Cell, 'errors' | 'cycles'>): boolean => cycles > 0 && Object.keys(errors).length === 0;

export function verdicts(results: readonly Result[]): Verdict[] {
  return TARGETS.map(({ what, target, unit, about, figure }) => {
    const cells = results.map(({ cell }) => cell).filter(about);
    const worst = cells.length > 0 && cells.every(isValid) ? Math.max(...cells.map(figure)) : null;
    return { what, target, unit, figure: worst, reached: worst !== null && worst <= target };
  });
}

export const verdictLine = ({ what, target, unit, figure, reached }: Verdict): string =>
  figure === null
    ? `not measured: ${what} (at most ${target} ${unit})`
    : `${reached ? 'reached' : 'NOT REACHED'}: ${what}: ${figure.toFixed(2)} ${unit}, at most ${target} ${unit}`;
