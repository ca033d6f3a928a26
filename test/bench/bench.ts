import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bed } from './bed';
import { type Cell, type CellKey, measureCell } from './cells';
import { type Options, parseOptions } from './options';
import { callTable, cellTable } from './report';

const ROOT = join(__dirname, '..', '..');

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const cells = await run(options);
  process.stdout.write(`${cellTable(cells)}\n${callTable(cells)}\n`);
  if (options.json !== null) writeFileSync(options.json, JSON.stringify({ cells }, null, 2));
}

async function run(options: Options): Promise<Cell[]> {
  const bed = await Bed.make(ROOT, '');
  try {
    const pair = await bed.startApps();
    const roots = bed.rootsOf({ gateway: pair.gateway.child.pid ?? 0, worker: pair.worker.child.pid ?? 0 });
    const cells: Cell[] = [];
    for (const key of cellsOf(options)) {
      await bed.fill(key.stored);
      const cell = await measureCell(bed, { url: pair.gateway.url, roots }, key, options);
      process.stderr.write(`${key.workload} c=${key.concurrency} stored=${key.stored}: ${cell.rate.toFixed(1)}/s\n`);
      cells.push(cell);
    }
    await bed.stopApps(pair);
    return cells;
  } finally {
    await bed.end();
  }
}

/** Nothing is taken out again, so what needs less comes first. */
function cellsOf({ workloads, concurrency, lists, stored }: Options): CellKey[] {
  const cells = workloads.flatMap((workload) =>
    (workload === 'list' ? lists : [stored]).flatMap((stored) => concurrency.map((concurrency) => ({ workload, concurrency, stored }))),
  );
  return cells.sort((a, b) => a.stored - b.stored);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
