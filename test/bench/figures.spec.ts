import type { Cell } from './cells';
import { change, type Compared, note } from './comparison';
import { flameGraph } from './flame-graph';
import { cellArgs, parseOptions } from './options';
import { median, percentiles } from './percentiles';
import { cpuMs, family, machineCpuMs, parsePss, parseStat } from './process-group';
import { packageOf, selfTimes } from './profiles';
import { cellTable, floorTable } from './tables';
import { isValid, verdictLine, verdicts } from './verdicts';

describe('percentiles', () => {
  it.each([
    [[], { count: 0, p50: NaN, p95: NaN, p99: NaN }],
    [[7], { count: 1, p50: 7, p95: 7, p99: 7 }],
    [[3, 1, 2], { count: 3, p50: 2, p95: 3, p99: 3 }],
    [Array.from({ length: 100 }, (_, i) => 100 - i), { count: 100, p50: 50, p95: 95, p99: 99 }],
  ])('of %j', (durations, expected) => {
    expect(percentiles(durations)).toEqual(expected);
  });

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[], NaN],
  ])('the median of %j is %d', (figures, expected) => {
    expect(median(figures)).toBe(expected);
  });
});

describe("the kernel's accounting", () => {
  const stat = (pid: number, parent: number, times: string, name = 'node') =>
    `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 10 0 0 0 ${times} 20 0 11 0 5 1 2`;

  it('reads a process whatever its name, its own time and that of the children that it has waited for', () => {
    expect(parseStat(stat(12, 3, '100 20 7 3', 'a) S 99 (b'))).toEqual({ pid: 12, parent: 3, ticks: 130 });
  });

  it('counts a family once, and nobody else', () => {
    const processes = [
      stat(1, 0, '9 9 9 9'),
      stat(10, 1, '1 0 0 0'),
      stat(11, 10, '2 0 0 0'),
      stat(12, 11, '4 0 0 0'),
      stat(20, 1, '8 0 0 0'),
    ].map(parseStat);

    expect(family(processes, [10]).map(({ pid }) => pid)).toEqual([10, 11, 12]);
    expect(family(processes, [10, 11]).map(({ pid }) => pid)).toEqual([10, 11, 12]);
    expect(family(processes, [99])).toEqual([]);
  });

  it('sees the CPU time of a process that works, and of no other', () => {
    const before = cpuMs([process.pid]);
    const machineBefore = machineCpuMs();
    for (const until = Date.now() + 300; Date.now() < until;);

    const used = cpuMs([process.pid]) - before;
    expect(used).toBeGreaterThan(0);
    expect(machineCpuMs() - machineBefore).toBeGreaterThanOrEqual(used / 2);
  });

  it('takes the machine as busy but for idling and waiting', () => {
    expect(machineCpuMs('cpu  1 2 3 1000 1000 4 5 6 0 0')).toBeCloseTo(210, 0);
  });

  it('reads a proportional set size, and nothing of a process that is gone', () => {
    expect(parsePss('Rss:   1700 kB\nPss:    198 kB\nPss_Dirty:  112 kB\n')).toBe(198);
    expect(parsePss('')).toBe(0);
  });
});

describe('what the tables and verdicts say', () => {
  const cell = (over: Partial<Cell>): Cell => ({
    workload: 'attach-cycle',
    concurrency: 8,
    stored: 10_000,
    cycles: 100,
    seconds: 10,
    rate: 10,
    calls: {},
    errors: {},
    cpu: { gateway: 1, worker: 2, broker: 0.5, database: 4 },
    memory: { gatewayAndWorker: 200, all: 400 },
    others: 0,
    ...over,
  });
  const verdictOf = (what: RegExp, ...cells: Cell[]) =>
    verdicts(cells.map((one) => ({ cell: one, floor: null, roundTrips: null }))).find((verdict) => what.test(verdict.what));
  const attach8 = /attach-cycle over all four, 8/;

  it.each([
    ['what costs less than the target', cell({}), true, 7.5],
    ['the target itself', cell({ cpu: { gateway: 1, worker: 2, broker: 1, database: 4 } }), true, 8],
    ['what costs more', cell({ cpu: { gateway: 1, worker: 2, broker: 1.1, database: 4 } }), false, 8.1],
    ['a cell with errors', cell({ errors: { 'create: 500': 1 } }), false, null],
    ['a cell without cycles', cell({ cycles: 0 }), false, null],
    ['another concurrency', cell({ concurrency: 32 }), false, null],
  ])('judges %s', (_, measured, reached, figure) => {
    expect(verdictOf(attach8, measured)).toMatchObject({ reached, figure });
  });

  it('takes the worst of the cells for the memory, and gateway and database for a page', () => {
    const page = cell({ workload: 'list', stored: 100_000, memory: { gatewayAndWorker: 351, all: 500 } });

    expect(verdictOf(/memory.* 8 clients/, cell({}), page)).toMatchObject({ figure: 351, reached: false });
    expect(verdictOf(/page of 100 .* 8 clients/, cell({}), page)).toMatchObject({ figure: 5, reached: true });
  });

  it('says what was not measured, and never that it was reached', () => {
    const verdict = verdictOf(attach8);

    expect(verdict && verdictLine(verdict)).toMatch(/^not measured: /);
    expect(isValid(cell({ errors: { x: 1 } }))).toBe(false);
  });

  it('compares the medians of two revisions, and a run with errors spoils its cell', () => {
    const compared = new Map<string, Compared>();
    const run = (which: 'old' | 'now', cpu: number, errors = {}) =>
      note(compared, which, [
        { cell: cell({ cpu: { gateway: cpu, worker: 0, broker: 0, database: 0 }, errors }), floor: null, roundTrips: null },
      ]);
    for (const cpu of [10, 12, 11]) run('old', cpu);
    for (const cpu of [5, 9, 5.5]) run('now', cpu);
    const [one] = compared.values();

    expect(one && change(one)).toBe(-0.5);
    run('now', 5, { 'show: 500': 1 });
    expect(one?.now).toEqual([5, 9, 5.5, NaN]);
  });

  it('hands the same cells on to another run', () => {
    const options = parseOptions(['--only', 'show,list', '--concurrency', '8,32', '--lists', '0,100', '--seconds', '3']);

    expect(parseOptions(cellArgs(options))).toEqual(options);
  });

  it.each([
    ['--only', 'shoe', 'there is no workload shoe'],
    ['--seconds', '0', '--seconds takes more than 0'],
    ['--concurrency', '1,x', '--concurrency takes whole numbers, not x'],
  ])('refuses %s %s', (name, value, sentence) => {
    expect(() => parseOptions([name, value])).toThrow(sentence);
  });

  it('prints errors, and the floor with its ratio', () => {
    const floor = cell({ cpu: { gateway: 0.5, worker: 1, broker: 0.5, database: 3 } });

    expect(cellTable([cell({ errors: { 'show: 500': 3 } })])).toContain('3 × show: 500');
    const roundTrips = cell({ cpu: { gateway: 0.5, worker: 0.5, broker: 0.5, database: 1 } });
    const table = floorTable([{ cell: cell({}), floor, roundTrips }]);
    expect(table).toMatch(/ floor .* 1\.50 /);
    expect(table).toMatch(/ round trips .* 3\.00 /);
  });
});

describe('a CPU profile', () => {
  const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });

  it.each([
    ['file:///srv/node_modules/@nestjs/core/router/router.js', '@nestjs/core'],
    ['/srv/node_modules/pg/lib/client.js', 'pg'],
    ['/srv/node_modules/pg/node_modules/pg-protocol/dist/parser.js', 'pg-protocol'],
    ['/srv/dist/apps/gateway/libs/attachments/src/sql.js', 'libs/attachments'],
    ['/srv/dist/apps/gateway/apps/gateway/src/main.js', 'apps/gateway'],
    ['node:events', 'node'],
    ['', '(native)'],
  ])('%s belongs to %s', (url, name) => {
    expect(packageOf(url, 'f')).toBe(name);
  });

  it('adds up where the time was spent, without idling', () => {
    const nodes = [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('query', '/srv/node_modules/pg/lib/client.js', 9) },
    ];

    expect(selfTimes({ nodes, samples: [1, 2, 2], timeDeltas: [5_000, 1_000, 2_000] })).toMatchObject({
      totalMs: 8,
      idleMs: 5,
      packages: [{ name: 'pg', ms: 3 }],
    });
  });

  it('is drawn with callers over what they called, as wide as its time, without idling', () => {
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 3] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('show<T>', '/srv/apps/gateway/src/show.js'), children: [4] },
      { id: 4, callFrame: frame('query', '/srv/node_modules/pg/lib/client.js') },
    ];

    const svg = flameGraph({ nodes, samples: [2, 3, 4], timeDeltas: [5_000, 1_000, 2_000] }, 'a gateway');

    const boxes = [...svg.matchAll(/<title>(.*?)<\/title><rect x="(.*?)" y="(\d+)" width="(.*?)"/g)].map(([, ...box]) => box);
    expect(boxes).toEqual([
      ['all (all): 3 ms', '0.0', '42', '1200.0'],
      ['show&lt;T&gt; (apps/gateway): 3 ms', '0.0', '58', '1200.0'],
      ['query (pg): 2 ms', '0.0', '74', '800.0'],
    ]);
  });
});
