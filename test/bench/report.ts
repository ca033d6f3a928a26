import Table from 'cli-table3';
import type { Cell } from './cells';
import { SERVICES } from './measured-services';

const figure = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
export const cpuSum = ({ cpu }: Pick<Cell, 'cpu'>): number => SERVICES.reduce((sum, service) => sum + cpu[service], 0);

export function cellTable(cells: readonly Cell[]): string {
  const table = new Table({
    head: ['workload', 'stored', 'c', 'rate/s', ...SERVICES, 'CPU ms', 'PSS g+w', 'PSS all', 'errors'],
    style: { head: [], border: [] },
  });
  for (const cell of cells) {
    const { workload, stored, concurrency, rate, cpu, memory, errors } = cell;
    table.push([
      workload,
      stored,
      concurrency,
      figure(rate, 1),
      ...SERVICES.map((service) => figure(cpu[service])),
      figure(cpuSum(cell)),
      figure(memory.gatewayAndWorker, 0),
      figure(memory.all, 0),
      Object.entries(errors)
        .map(([fault, count]) => `${count} × ${fault}`)
        .join('\n') || '0',
    ]);
  }
  return table.toString();
}

export function callTable(cells: readonly Cell[]): string {
  const table = new Table({ head: ['workload', 'stored', 'c', 'call', 'count', 'p50', 'p95', 'p99'], style: { head: [], border: [] } });
  for (const { workload, stored, concurrency, calls } of cells) {
    for (const [name, { count, p50, p95, p99 }] of Object.entries(calls)) {
      table.push([workload, stored, concurrency, name, count, figure(p50), figure(p95), figure(p99)]);
    }
  }
  return table.toString();
}
