import { AppProcess } from '../support/app-process';
import { freePorts } from '../support/free-ports';
import { isolatedPostgres, type PrivatePostgres } from '../support/postgres';
import { until } from '../support/until';
import { startWorld, type World } from '../support/world';

/** Probes of the real processes, while what they stand on comes and goes. */
let postgres: PrivatePostgres;
let world: World;
let gateway: AppProcess;
let worker: AppProcess;
let workerProbes: string;
let gatewayProbes: string;
beforeAll(async () => {
  postgres = await isolatedPostgres();
  world = await startWorld({ workers: 0, gateways: 0, databaseUrl: postgres.url, times: { BACKEND_LOST_MS: 3_000 } });
  const [first = 0, second = 0] = await freePorts(2);
  worker = await AppProcess.start('worker', { ...world.environment, HEALTH_PORT: String(first) });
  gateway = await AppProcess.start('gateway', { ...world.environment, HEALTH_PORT: String(second) });
  workerProbes = `http://127.0.0.1:${first}`;
  gatewayProbes = `http://127.0.0.1:${second}`;
}, 180_000);
afterAll(async () => {
  for (const app of [worker, gateway]) await app.end('SIGKILL');
  await world.stop();
  await postgres.remove();
});

async function ask(base: string, path = '/readyz', init: RequestInit = {}) {
  const response = await fetch(base + path, init);
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function makeVolume(): Promise<void> {
  const headers = { 'X-Auth-Token': world.member, 'Content-Type': 'application/json' };
  const made = await fetch(`${gateway.url}/v3/volumes`, { method: 'POST', headers, body: '{"volume":{"size":1}}' });
  const { volume } = (await made.json()) as { volume: { id: string } };
  await until('the volume is available', async () => (await world.volumeRow(volume.id)).status === 'available');
}

it('given all is there, then both are ready, without a token and on either port', async () => {
  await makeVolume();
  await until('both have reached the broker', async () => (await ask(gateway.url, '/readyz?strict')).status === 200);

  const wanted = { status: 'ready', checks: { database: { status: 'ok' }, broker: { status: 'ok' }, backends: { status: 'ok' } } };
  for (const base of [gateway.url, gatewayProbes]) expect(await ask(base)).toMatchObject({ status: 200, body: wanted });
  await until('the worker is ready', async () => (await ask(workerProbes, '/readyz?strict')).status === 200);
  expect((await ask(workerProbes)).body).toMatchObject({ status: 'ready', checks: { heartbeat: { status: 'ok' } } });
  for (const base of [gateway.url, gatewayProbes, workerProbes]) {
    expect(await ask(base, '/livez')).toMatchObject({ status: 200, body: 'OK' });
    expect(await ask(base, '/healthcheck')).toMatchObject({ status: 200, type: 'text/plain; charset=UTF-8', body: 'OK' });
    expect(await ask(base, '/healthcheck', { method: 'HEAD' })).toMatchObject({ status: 204 });
    expect((await ask(base, '/healthcheck', { headers: { Accept: 'application/json' } })).body).toEqual({
      detailed: false,
      reasons: ['OK'],
    });
  }
});

it('given the database is away, then both are alive and not ready, and nobody is told where it is', async () => {
  await postgres.stop();
  try {
    for (const base of [gateway.url, workerProbes]) {
      await until('it is not ready', async () => (await ask(base)).status === 503);
      const { body } = await ask(base);
      expect(body).toMatchObject({ status: 'unready', checks: { database: { status: 'failed' } } });
      expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|postgres|ECONNREFUSED/);
      expect(await ask(base, '/healthcheck')).toMatchObject({ status: 503, body: expect.stringContaining('database: ') });
      expect(await ask(base, '/healthcheck', { method: 'HEAD' })).toMatchObject({ status: 503 });
      expect(await ask(base, '/livez')).toMatchObject({ status: 200 });
    }
  } finally {
    await postgres.start();
  }
  for (const base of [gateway.url, workerProbes]) await until('it is ready again', async () => (await ask(base)).status === 200, 20_000);
}, 60_000);

it('given no worker serves a backend with volumes, then the gateway serves on, and says how many', async () => {
  await worker.end('SIGKILL');

  await until('the backend is missed', async () => (await ask(gateway.url, '/readyz?strict')).status === 503);
  const { status, body } = await ask(gateway.url);

  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'degraded',
    checks: { database: { status: 'ok' }, backends: { status: 'failed', reason: '1 of 1 that have volumes are served by no worker' } },
  });
  expect(JSON.stringify(body)).not.toContain(world.backend);
});

it('a gateway without a broker serves on: degraded', async () => {
  const [nobody = 0] = await freePorts(1);
  const lonely = await AppProcess.start('gateway', { ...world.environment, AMQP_URL: `amqp://guest:guest@127.0.0.1:${nobody}` });

  const { status, body } = await ask(lonely.url);

  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'degraded', checks: { broker: { status: 'failed' } } });
  expect(await lonely.end('SIGTERM')).toBe(0);
}, 60_000);
