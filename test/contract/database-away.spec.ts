import { Client } from 'pg';
import { isolatedPostgres, type PrivatePostgres } from '../support/postgres';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { complete, create, pending, remove, update } from './calls';

/** What callers hear while the database cannot be had: that nothing was done, within two seconds, and by the word that compute repeats. */
const POOL = 8;
const WAIT_MS = 1_000;

let server: PrivatePostgres;
let world: World;
beforeAll(async () => {
  server = await isolatedPostgres();
  world = await startWorld({ databaseUrl: server.url, gateway: { DATABASE_WAIT_MS: WAIT_MS } });
}, 120_000);
afterAll(async () => {
  await world.stop();
  await server.remove();
});

const MESSAGE = 'The server is currently unavailable. Please try again at a later time.';
const unavailable = { status: 503, body: { serviceUnavailable: { code: 503, message: MESSAGE } } };
const unavailableYet = { status: 504, body: { computeFault: { code: 504, message: MESSAGE } } };

async function timed<T>(call: Promise<T>): Promise<[T, number]> {
  const begun = Date.now();
  return [await call, Date.now() - begun];
}

async function everyCallIsRefused(id: string, volume: string): Promise<void> {
  const calls = {
    show: world.request('GET', `/v3/attachments/${id}`),
    list: world.request('GET', '/v3/attachments/detail'),
    create: create(world, volume, { instance_uuid: '7a1c2f0e-53a5-4f4e-8a36-6b1f0c6b3f11' }),
    connect: create(world, volume, { connector: aConnector() }),
    complete: complete(world, id),
    update: update(world, id),
    delete: remove(world, id),
  };
  for (const [call, answer] of Object.entries(calls)) {
    const [heard, ms] = await timed(answer);
    expect([call, heard]).toEqual([call, expect.objectContaining(call === 'update' || call === 'delete' ? unavailableYet : unavailable)]);
    expect(heard.headers.get('retry-after')).toBe('1');
    expect(ms).toBeLessThan(2_000);
  }
}

const waitingForLocks = (count: number) =>
  until(`${count} statements wait`, async () => {
    const [row] = await world.query(`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`);
    return row?.n === count;
  });

/** Keeps these volumes' rows from being written. */
async function lockHolder(volumes: string[]): Promise<Client> {
  const holder = new Client({ connectionString: server.url });
  holder.on('error', () => undefined); // its server may be about to go
  await holder.connect();
  await holder.query('begin');
  await holder.query('select 1 from volumes where id = any($1) for update', [volumes]);
  return holder;
}

it('given the server has gone, every call is refused, and all goes on when it is back', async () => {
  const { id, volume } = await world.reservedAttachment();

  await server.crash();
  await everyCallIsRefused(id, volume);
  await server.start();

  expect((await update(world, id)).status).toBe(200);
  expect((await remove(world, id)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
}, 60_000);

it('given every connection is taken by statements that wait, the next call waits no longer than it may, and those that had one are carried out', async () => {
  const reserved = await Promise.all(Array.from({ length: POOL }, () => world.reservedAttachment()));
  const other = await world.reservedAttachment();
  const holder = await lockHolder(reserved.map(({ volume }) => volume));
  const held = reserved.map(({ id }) => pending(update(world, id)));
  await waitingForLocks(POOL);

  await everyCallIsRefused(other.id, other.volume);
  await holder.query('rollback');
  await holder.end();

  expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200));
  expect(await world.st(other.volume)).toEqual(['reserved', 'detached']);
  await world.settled();
}, 60_000);

it('given the server goes under statements that change something, nobody is told that nothing was done, and a repeat ends it', async () => {
  const [first, second] = [await world.reservedAttachment(), await world.reservedAttachment()];
  const free = await world.volume();
  await lockHolder([first.volume, second.volume, free]);
  const answers = [pending(update(world, first.id)), pending(remove(world, second.id)), pending(create(world, free))];
  await waitingForLocks(answers.length);

  await server.crash();

  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([504, 504, 500]);
  await server.start();
  expect((await update(world, first.id)).status).toBe(200);
  expect((await remove(world, second.id)).status).toBe(200);
  await world.settled();
}, 60_000);
