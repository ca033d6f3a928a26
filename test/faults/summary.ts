import type { Form } from './form';
import type { Outcome } from './repetition';

export type Line = Pick<Outcome, 'calls' | 'errors' | 'wholeAfterMs' | 'violations'> & { scenario: string };

const HEAD = ['scenario', 'repetitions', 'calls', 'of them 5xx', 'whole after, max', 'violations'];

/** One row for each scenario. */
export function tableOf(lines: readonly Line[], form: Form): string {
  const names = [...new Set(lines.map(({ scenario }) => scenario))];
  const rows = names.map((name) =>
    rowOf(
      name,
      lines.filter(({ scenario }) => scenario === name),
    ),
  );
  const total = ['all', ...rowOf('', lines).slice(1)];
  const all = [HEAD, ...rows, total];
  const widths = HEAD.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  const shown = all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '));
  return [`\nfaults, ${form.name} form, ${form.clients} clients, driver of ${form.driverMs} ms`, ...shown].join('\n');
}

function rowOf(name: string, lines: readonly Line[]): string[] {
  const sum = (of: (line: Line) => number) => String(lines.reduce((all, line) => all + of(line), 0));
  const slowest = Math.max(...lines.map(({ wholeAfterMs }) => wholeAfterMs));
  return [
    name,
    String(lines.length),
    sum(({ calls }) => calls),
    sum(({ errors }) => errors),
    `${(slowest / 1000).toFixed(1)} s`,
    sum(({ violations }) => violations.length),
  ];
}
