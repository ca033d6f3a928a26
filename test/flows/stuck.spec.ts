import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { admin, adminJson } from './admin-cli';

let world: World;
let settings: Record<string, string>;
beforeAll(async () => {
  world = await startWorld({ times: { BACKOFF_MS: 20_000, BACKOFF_LIMIT_MS: 60_000, BACKEND_LOST_MS: 3_000 } });
  settings = { DATABASE_URL: world.databaseUrl, BACKOFF_LIMIT_MS: '60000', BACKEND_LOST_MS: '3000' };
  await admin({}, '--help'); // builds it
}, 120_000);
afterAll(() => world.stop());

/** As if it had been going on for that long. */
const aged = (minutes: number) =>
  world.query(
    `with a as (update attachments set created_at = created_at - $1::interval, attach_time = attach_time - $1::interval)
    update operations set created_at = created_at - $1::interval where state in ('pending', 'running')`,
    [`${minutes} min`],
  );

interface Found {
  stuck: Record<string, unknown>[];
  waiting: Record<string, unknown>[];
}
async function stuck(...args: string[]): Promise<Found> {
  const { code, stdout, stderr } = await admin(settings, 'stuck', ...args, '-f', 'json');
  const found = JSON.parse(stdout) as Found;
  expect({ code, stderr }).toEqual(
    found.stuck.length > 0 ? { code: 3, stderr: expect.stringMatching(/^\d+ operations? (is|are) stuck\.\n$/) } : { code: 0, stderr: '' },
  );
  return found;
}
const kindOf = (found: Found, kind: string) => found.stuck.find((one) => one.kind === kind);

it('what waits for its caller is shown apart, and is no problem of ours', async () => {
  const reserved = await world.reservedAttachment();
  const connected = await world.attachingAttachment(undefined, aConnector('compute-7'));
  const attached = await world.attachedAttachment();
  await aged(2);

  const found = await stuck();
  const said = await admin(settings, 'stuck');
  const older = await stuck('--older', '1h');

  expect(found.stuck).toEqual([]);
  expect(found.waiting).toEqual([
    expect.objectContaining({
      id: reserved.id,
      instance_uuid: reserved.instance,
      attach_status: 'reserved',
      why: expect.stringMatching(/^reserved: /),
    }),
    expect.objectContaining({
      id: connected.id,
      volume_id: connected.volume,
      host: 'compute-7',
      why: expect.stringMatching(/^awaiting complete: /),
    }),
  ]);
  expect(JSON.stringify(found)).not.toContain(attached.id);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(said.stdout).toMatch(/^nothing is stuck\n\nwaiting for their callers, which is not our move: 2\n/);
  expect(older).toEqual({ stuck: [], waiting: [] });
}, 60_000);

it('says what is at work, what waits behind it, what has failed and when it is tried again, and what nobody serves', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const put = world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector('compute-9') } });
  await until('the driver is at it', async () => (await world.unfinished()).some(({ state }) => state === 'running'));
  const removal = world.request('DELETE', `/v3/attachments/${id}`);
  await until('the detach waits', async () => (await world.unfinished()).length === 2);
  await aged(2);

  const atWork = await stuck();

  const attach = kindOf(atWork, 'attach');
  expect(attach).toMatchObject({ volume_id: volume, attachment_id: id, host: 'compute-9', backend: world.backend, superseded: true });
  expect(attach?.request_id).toMatch(/^req-/);
  expect(attach?.why).toMatch(/^worker \S+:\d+ is at work on it, attempt 1$/);
  expect(kindOf(atWork, 'detach')).toMatchObject({
    why: `it waits behind attach ${String(attach?.id)} of the same volume`,
    next: 'taken when that has ended',
  });

  world.driver.faults = { failOn: { terminateConnection: { message: 'the array is away', kind: 'unavailable' } } };
  await put;
  await until('the detach has failed once', async () =>
    (await world.unfinished()).some(({ reason_text }) => /away/.test(String(reason_text))),
  );
  await aged(2);
  const resting = await stuck();

  expect(resting.stuck).toHaveLength(1);
  expect(resting.stuck[0]?.why).toMatch(/^attempt 1 has failed; the last failure was backend: .*the array is away$/);
  expect(resting.stuck[0]?.next).toMatch(/^attempt 2 at \d{4}-\d\d-\d\dT/);

  await world.workers[0]?.stop();
  world.workers = [];
  const unserved = await stuck();
  const table = await admin(settings, 'stuck');

  expect(unserved.stuck[0]).toMatchObject({
    why: expect.stringMatching(new RegExp(`^no worker serves ${world.backend}: `)),
    next: `taken when a worker serves ${world.backend}`,
  });
  expect(table).toMatchObject({ code: 3, stdout: expect.stringMatching(/operation +│ detach [^]*│ next +│ taken when a worker serves/) });

  await world.startWorker();
  await world.query(`update operations set next_attempt_at = null where state = 'pending'`);
  expect((await removal).status).toBe(200);
  expect((await stuck()).stuck).toEqual([]);
}, 90_000);

it('takes what a worker that was killed has held for what it is', async () => {
  const { id } = await world.attachedAttachment();
  world.driver.faults = { hangOn: ['terminateConnection'] };
  const removal = world.request('DELETE', `/v3/attachments/${id}`);
  await until('the driver is at it', async () => (await world.unfinished()).some(({ state }) => state === 'running'));
  // Another owner's: as if the process that took it had been killed two minutes ago.
  await world.query(`with w as (insert into workers (id, process, backends, heartbeat_at) values ('dead', 'box:1', '{}', now() - interval '2 min'))
    update operations set owner = 'dead', number = number + 1000000, created_at = created_at - interval '2 min',
      lease_until = clock_timestamp() + interval '20 s', lease_ms = 30000 where state = 'running'`);

  const [held] = (await stuck()).stuck;

  expect(held).toMatchObject({ worker: 'box:1', worker_alive: false, why: 'worker box:1 holds it and is no longer heard of' });
  expect(held?.next).toMatch(/^its lease ends at \S+, then taken by the next sweep of \S+:\d+$/);
  world.driver.faults = {};
  await world.query(`select setval('claim_numbers', 2000000)`);
  await world.query(`update operations set lease_until = null, next_attempt_at = null where owner = 'dead'`);
  expect((await removal).status).toBe(200);
}, 60_000);

it('a wrong age is wrong usage', async () => {
  expect(await admin({}, 'stuck', '--older', 'soon')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('It takes an age from 1s'),
  });
});

it('lists by JSON with nothing there', async () => {
  expect(await adminJson({ ...settings }, 'stuck', '--older', '1d')).toEqual({ stuck: [], waiting: [] });
});
