import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { currentRun } from '../support/test-run';
import type { Result } from './cells';
import { SERVICES } from './measured-services';
import { cpuSum } from './verdicts';

const CYCLE = '--only attach-cycle --concurrency 4 --stored 200 --seconds 2 --warm-up 1 --warm-cycles 20'.split(' ');

it('given the bench, when it measures a cell for a moment, then every figure is there, and nothing fails', async () => {
  const json = join(currentRun().folder, 'bench.json');

  await promisify(execFile)(process.execPath, [join(__dirname, 'start.cjs'), 'bench.ts', ...CYCLE, '--json', json]);

  const { results } = JSON.parse(readFileSync(json, 'utf8')) as { results: Result[] };
  expect(results).toHaveLength(1);
  for (const { cell, floor, roundTrips } of results) {
    for (const measured of [cell, floor, roundTrips]) expect(measured).toMatchObject({ errors: {} });
    for (const service of SERVICES) expect(cell.cpu[service]).toBeGreaterThan(0);
    expect(Object.keys(cell.calls).sort()).toEqual(['complete', 'create', 'delete', 'show']);
    for (const { p50, p99 } of Object.values(cell.calls)) expect(p99).toBeGreaterThanOrEqual(p50);
    expect(cell.rate).toBeGreaterThan(0);
    expect(cell.memory.all).toBeGreaterThan(cell.memory.gatewayAndWorker);
    for (const bare of [floor, roundTrips]) expect(bare && cpuSum(bare)).toBeGreaterThan(0);
  }
}, 240_000);
