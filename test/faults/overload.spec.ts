import { AppProcess } from '../support/app-process';
import { closedLoop, keptWaitingMs, memoryOf, openLoop, watchMemory } from '../support/load';
import { until } from '../support/until';
import { PROJECT_1, startWorld, type World } from '../support/world';
import { FORM } from './form';

/** Ten times what can be done, at the built apps. The long form is a minute of it. */
const LONG = FORM.name === 'long';
const SECONDS = LONG ? 60 : 10;
const WARM_UP = LONG ? 10 : 4;
const MEASURED = LONG ? 15 : 5;
const CLIENTS = 32;
const RECOVERS_WITHIN_S = 10;

let world: World;
let gateway: AppProcess;
let worker: AppProcess;
beforeAll(async () => {
  world = await startWorld({
    workers: 0,
    gateways: 0,
    times: { LEASE_MS: 15_000, SWEEP_INTERVAL_MS: 1_000, BACKOFF_MS: 1_000, BACKOFF_LIMIT_MS: 60_000 },
  });
  worker = await AppProcess.start('worker', world.environment);
  gateway = await AppProcess.start('gateway', world.environment);
}, 180_000);
afterAll(async () => {
  for (const one of [gateway, worker]) await one?.end('SIGKILL');
  await world.stop();
});

async function availableVolumes(count: number): Promise<string[]> {
  const rows = await world.query(
    `insert into volumes (id, project_id, user_id, size, status, attach_status, host, availability_zone)
     select gen_random_uuid(), $1, 'm1', 1, 'available', 'detached', $2, 'nova' from generate_series(1, $3) returning id`,
    [PROJECT_1, `${world.backend}#fake`, count],
  );
  return rows.map(({ id }) => id as string);
}

const without503or504 = (statuses: Record<string, number> = {}) =>
  Object.keys(statuses).filter((status) => status !== '503' && status !== '504');

it(`under ten times what it can do for ${SECONDS} s it refuses at once, keeps its memory, and is whole again within 10 s`, async () => {
  const pids = [gateway, worker].map(({ child }) => child.pid ?? 0);
  const target = { url: gateway.url, token: world.member, volumes: await availableVolumes(600) };
  const idle = memoryOf(pids);
  await closedLoop(target, CLIENTS, WARM_UP).result;
  const before = await closedLoop(target, CLIENTS, MEASURED).result;
  const capacity = before.cycles.count / (before.offeredForMs / 1000);

  const memory = watchMemory(pids);
  const load = openLoop(target, capacity * 10, SECONDS);
  const waitedBefore = keptWaitingMs(gateway.child.pid ?? 0);
  const endedAt = await load.ended;
  // Of the time of the load: nobody is quick who is not let run.
  const keptWaiting = (keptWaitingMs(gateway.child.pid ?? 0) - waitedBefore + keptWaitingMs(load.pid)) / (SECONDS * 1000);
  // Other volumes: what the load has begun still ends.
  const after = await closedLoop({ ...target, volumes: await availableVolumes(100) }, CLIENTS, RECOVERS_WITHIN_S).result;
  const peak = memory.stop();
  const overload = await load.result;
  await until('nothing is unfinished', async () => (await world.unfinished()).length === 0, 10_000);
  const settledAfterMs = Date.now() - endedAt;

  const old = after.bySecond.find(({ p50 }) => p50 <= before.cycles.p50 * 1.25);
  report({ capacity, keptWaiting, idle, peak, before, overload, after, wholeAgainInSecond: old?.second, settledAfterMs });

  // The load was as much as it says, and most of it was refused: in time, by the right word, and nothing that was let in was dropped.
  expect(overload.begun).toBeGreaterThan(capacity * 10 * SECONDS * 0.95);
  expect(overload.refused.count).toBeGreaterThan((overload.begun ?? 0) / 2);
  expect(overload.slowRefusals / overload.refused.count).toBeLessThan(0.01 + keptWaiting);
  expect(overload.statuses).not.toHaveProperty('create.504');
  expect([overload.statuses.update, overload.statuses.delete]).not.toContainEqual(expect.objectContaining({ 503: expect.anything() }));
  expect(without503or504(overload.statuses.create)).toEqual(expect.not.arrayContaining(['0', '413', '500']));
  for (const call of ['update', 'complete', 'delete']) expect(without503or504(overload.statuses[call])).toHaveLength(1);
  expect(overload).toMatchObject({ resets: 0, withoutRetryAfter: 0 });
  // Those that were let in came to an end, as many of them as without the others.
  expect(overload.cycles.count / SECONDS).toBeGreaterThan(capacity * 0.6);

  expect(peak).toBeLessThan(idle * 2);
  expect(old?.second).toBeLessThan(RECOVERS_WITHIN_S);
  expect(after).toMatchObject({ resets: 0, gaveUp: 0, refused: { count: 0 } });
  await world.settled();
  expect(world.ledger.overlaps).toEqual([]);
}, 300_000);

function report(figures: Record<string, unknown>): void {
  process.stderr.write(`${JSON.stringify(figures)}\n`);
}
