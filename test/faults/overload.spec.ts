import { AppProcess } from '../support/app-process';
import { closedLoop, memoryOf, openLoop, watchMemory } from '../support/load';
import { PROJECT_1, startWorld, type World } from '../support/world';

/** Ten times what can be done, at the built apps. The long form is a minute of it. */
const LONG = process.env.FAULTS_LONG === '1';
const SECONDS = LONG ? 60 : 10;

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

it(`under ten times what it can do for ${SECONDS} s it refuses at once, keeps its memory, and is whole again within 10 s`, async () => {
  const pids = [gateway, worker].map(({ child }) => child.pid ?? 0);
  const target = { url: gateway.url, token: world.member, volumes: await availableVolumes(600) };
  const idle = memoryOf(pids);
  await closedLoop(target, 32, LONG ? 10 : 4).result;
  const before = await closedLoop(target, 32, LONG ? 15 : 5).result;
  const rate = before.cycles.count / (before.offeredForMs / 1000);

  const memory = watchMemory(pids);
  const load = openLoop(target, rate * 10, SECONDS);
  await load.ended;
  const after = await closedLoop(target, 32, 10).result;
  const overload = await load.result;
  const peak = memory.stop();
  process.stderr.write(`${JSON.stringify({ idle, peak, rate, before, overload, after }, null, 1)}\n`);
}, 300_000);
