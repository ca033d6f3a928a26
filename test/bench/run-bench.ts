import { join } from 'node:path';
import { type AppPair, Bed } from './bed';
import { type Cell, type CellKey, type Measured, measureFloor, measureService, type Result } from './cells';
import { captureFloors } from './floor/capture';
import type { Floor } from './floor/floor';
import { roundTripsOf } from './floor/round-trips';
import { type MachineFacts, machineFacts } from './machine';
import { profileObserver, STATEMENT_SETTINGS, statementObserver } from './observers';
import { type Options, PROFILES } from './options';

/** All cells that the options name, on one PostgreSQL and one RabbitMQ. */
export async function runBench(options: Options): Promise<{ machine: MachineFacts; results: Result[] }> {
  const bed = await Bed.make(options.root, options.statements ? STATEMENT_SETTINGS : '', options.identity);
  try {
    const results: Result[] = [];
    // Nothing is taken out again, so what needs less comes first.
    for (const stored of levelsOf(options)) {
      await bed.fill(stored);
      results.push(...(await new Stage(bed, options).run(keysAt(options, stored))));
    }
    return { machine: await machineFacts(bed, options.root), results };
  } finally {
    await bed.end();
  }
}

const levelsOf = ({ lists, stored, workloads }: Options): number[] => {
  const levels = [...(workloads.includes('list') ? lists : []), ...(workloads.some((workload) => workload !== 'list') ? [stored] : [])];
  return [...new Set(levels)].sort((a, b) => a - b);
};

function keysAt({ lists, stored, workloads, concurrency }: Options, level: number): CellKey[] {
  const here = workloads.filter((workload) => (workload === 'list' ? lists.includes(level) : level === stored));
  return here.flatMap((workload) => concurrency.map((clients) => ({ workload, concurrency: clients, stored: level })));
}

/** All cells with so many attachments stored. */
class Stage {
  constructor(
    private readonly bed: Bed,
    private readonly options: Options,
  ) {}

  async run(keys: readonly CellKey[]): Promise<Result[]> {
    const { floor: wanted } = this.options;
    const floors = wanted ? await captureFloors(this.bed, [...new Set(keys.map(({ workload }) => workload))]) : {};
    const cells = await this.service(keys);
    const results: Result[] = [];
    for (const cell of cells) {
      const floor = floors[cell.workload];
      results.push({
        cell,
        floor: await this.floor(cell, 'floor', floor),
        roundTrips: await this.floor(cell, 'round trips', floor && roundTripsOf(floor)),
      });
    }
    return results;
  }

  private async service(keys: readonly CellKey[]): Promise<Cell[]> {
    const pair = await this.bed.startApps(this.settings());
    const apps = this.measured(pair);
    const cells: Cell[] = [];
    for (const key of keys) {
      const { cell, seen } = await measureService(this.bed, apps, key, this.options);
      say(cell, 'service', seen);
      cells.push(cell);
    }
    await this.bed.stopApps(pair);
    return cells;
  }

  private async floor({ workload, concurrency, stored }: CellKey, what: string, floor: Floor | undefined): Promise<Cell | null> {
    if (!floor) return null;
    const cell = await measureFloor(this.bed, floor, { workload, concurrency, stored }, this.options);
    say(cell, what, []);
    return cell;
  }

  private settings(): Partial<Record<keyof AppPair, Record<string, string>>> {
    const { profile } = this.options;
    if (profile === null) return {};
    return { [profile]: { NODE_OPTIONS: `--require ${join(__dirname, 'profiler.cjs')}`, PROFILE_FOLDER: PROFILES } };
  }

  private measured(pair: AppPair): Measured {
    const { profile, statements } = this.options;
    const pids = { gateway: pair.gateway.child.pid ?? 0, worker: pair.worker.child.pid ?? 0 };
    const observers = [
      ...(profile ? [profileObserver(pids[profile], PROFILES)] : []),
      ...(statements ? [statementObserver(this.bed.client)] : []),
    ];
    return { url: pair.gateway.url, roots: this.bed.rootsOf(pids), observers };
  }
}

function say({ workload, concurrency, stored, rate }: Cell, what: string, seen: readonly string[]): void {
  const line = `${workload}, ${concurrency} clients, ${stored} stored, ${what}: ${rate.toFixed(1)}/s`;
  process.stderr.write(`${[line, ...seen].join('\n')}\n`);
}
