import Table from 'cli-table3';
import type { Cell, Result } from './cells';
import { change, type Compared } from './comparison';
import { SERVICES } from './measured-services';
import type { MachineFacts } from './machine';
import type { StatementRow } from './observed';
import { median } from './percentiles';
import type { SelfTimes } from './profiles';
import { cpuSum } from './verdicts';

export const figure = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

/** What each cell reached and used. */
export function cellTable(cells: readonly Cell[]): string {
  const head = ['workload', 'stored', 'c', 'rate/s', ...SERVICES, 'CPU ms', 'PSS g+w', 'PSS all', 'others', 'errors'];
  return table(
    head,
    cells.map((cell) => [
      ...nameOf(cell),
      figure(cell.rate, 1),
      ...SERVICES.map((service) => figure(cell.cpu[service])),
      figure(cpuSum(cell)),
      figure(cell.memory.gatewayAndWorker, 0),
      figure(cell.memory.all, 0),
      percent(cell.others),
      errorsOf(cell),
    ]),
  );
}

/** How long each call took, in ms. */
export function callTable(cells: readonly Cell[]): string {
  const rows = cells.flatMap((cell) =>
    Object.entries(cell.calls).map(([call, { count, p50, p95, p99 }]) => [
      ...nameOf(cell),
      call,
      count,
      figure(p50),
      figure(p95),
      figure(p99),
    ]),
  );
  return table(['workload', 'stored', 'c', 'call', 'count', 'p50', 'p95', 'p99'], rows);
}

/** Beside each cell its own statements and messages, bare; and what as many round trips cost whatever they are about. */
export function floorTable(results: readonly Result[]): string {
  const head = ['beside', 'stored', 'c', 'bare', 'rate/s', ...SERVICES, 'CPU ms', 'service / bare', 'others', 'errors'];
  const row = (cell: Cell, what: string, bare: Cell | null) => {
    if (!bare) return [];
    const ratio = figure(cpuSum(cell) / cpuSum(bare));
    const cpu = SERVICES.map((service) => figure(bare.cpu[service]));
    return [[...nameOf(bare), what, figure(bare.rate, 1), ...cpu, figure(cpuSum(bare)), ratio, percent(bare.others), errorsOf(bare)]];
  };
  const rows = results.flatMap(({ cell, floor, roundTrips }) => [...row(cell, 'floor', floor), ...row(cell, 'round trips', roundTrips)]);
  return table(head, rows);
}

/** Two revisions, every run, CPU ms for each cycle over all four. */
export function comparisonTable(compared: readonly Compared[]): string {
  const rows = compared.flatMap((cell) => {
    const line = (which: 'old' | 'now') => [cell.cell, which, ...cell[which].map((ms) => figure(ms)), figure(median(cell[which]))];
    return [
      [...line('old'), ''],
      [...line('now'), `${figure(change(cell) * 100, 1)} %`],
    ];
  });
  const runs = Math.max(0, ...compared.map(({ old }) => old.length));
  return table(['CPU ms', '', ...Array.from({ length: runs }, (_, run) => `run ${run + 1}`), 'median', 'change'], rows);
}

export const machineLines = ({ date, revision, cores, cpu, kernel, node, postgres, rabbitmq }: MachineFacts): string =>
  `${date}, revision ${revision}\n${cores} cores of ${cpu}, Linux ${kernel}, Node ${node}, PostgreSQL ${postgres}, RabbitMQ ${rabbitmq}`;

export function statementTable(rows: readonly StatementRow[], cycles: number): string {
  const lines = rows.map(({ calls, plan, execution, query }) => [
    figure(calls / cycles),
    figure(plan / calls, 3),
    figure(execution / calls, 3),
    figure((plan + execution) / cycles, 3),
    query.replaceAll(/\s+/g, ' ').slice(0, 110),
  ]);
  return table(['calls a cycle', 'plan ms', 'execute ms', 'ms a cycle', 'statement'], lines);
}

const SHOWN = 40;

export function profileTable({ totalMs, idleMs, packages, functions }: SelfTimes, file: string): string {
  const busy = totalMs - idleMs;
  const share = ({ name, ms }: { name: string; ms: number }) => [name, figure(ms, 0), `${figure((ms / busy) * 100, 1)} %`];
  return [
    `${file}: busy ${figure(busy, 0)} of ${figure(totalMs, 0)} ms`,
    table(['package', 'self ms', 'of busy'], packages.slice(0, SHOWN).map(share)),
    table(['function', 'self ms', 'of busy'], functions.slice(0, SHOWN).map(share)),
  ].join('\n');
}

const percent = (share: number) => `${figure(share * 100, 0)} %`;
const nameOf = ({ workload, stored, concurrency }: Cell) => [workload, stored, concurrency];

const errorsOf = ({ errors }: Cell): string =>
  Object.entries(errors)
    .map(([fault, count]) => `${count} × ${fault}`)
    .join('\n') || '0';

function table(head: string[], rows: (string | number)[][]): string {
  const made = new Table({ head, style: { head: [], border: [] } });
  made.push(...rows);
  return made.toString();
}
