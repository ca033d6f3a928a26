import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppPair, Bed } from './bed';
import { type Cell, type CellKey, type Measured, measureCell } from './cells';
import { profileObserver, STATEMENT_SETTINGS, statementObserver } from './observers';
import { type Options, parseOptions } from './options';
import { callTable, cellTable } from './tables';

const ROOT = join(__dirname, '..', '..');
const PROFILES = join(ROOT, 'bench-profiles');

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const cells = await run(options);
  process.stdout.write(`${cellTable(cells)}\n${callTable(cells)}\n`);
  if (options.json !== null) writeFileSync(options.json, JSON.stringify({ cells }, null, 2));
}

async function run(options: Options): Promise<Cell[]> {
  const bed = await Bed.make(ROOT, options.statements ? STATEMENT_SETTINGS : '');
  try {
    const pair = await bed.startApps(
      { PROFILE_FOLDER: PROFILES },
      options.profile ? { [options.profile]: join(__dirname, 'profiler.cjs') } : {},
    );
    const measured = measuredOf(bed, pair, options);
    const cells: Cell[] = [];
    for (const key of cellsOf(options)) {
      await bed.fill(key.stored);
      const { cell, seen } = await measureCell(bed, measured, key, options);
      process.stderr.write(
        `${[`${key.workload}, ${key.concurrency} clients, ${key.stored} stored: ${cell.rate.toFixed(1)}/s`, ...seen].join('\n')}\n`,
      );
      cells.push(cell);
    }
    await bed.stopApps(pair);
    return cells;
  } finally {
    await bed.end();
  }
}

function measuredOf(bed: Bed, pair: AppPair, { profile, statements }: Options): Measured {
  const pids = { gateway: pair.gateway.child.pid ?? 0, worker: pair.worker.child.pid ?? 0 };
  const observers = [
    ...(profile ? [profileObserver(pids[profile], PROFILES)] : []),
    ...(statements ? [statementObserver(bed.client)] : []),
  ];
  return { url: pair.gateway.url, roots: bed.rootsOf(pids), observers };
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
