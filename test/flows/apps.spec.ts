import { AppProcess } from '../support/app-process';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** The built apps, started as a user starts them. */
let world: World;
const started: AppProcess[] = [];
beforeAll(async () => (world = await startWorld({ workers: 0, gateways: 0 })), 120_000);
afterAll(async () => {
  for (const one of started) await one.end('SIGKILL');
  await world.stop();
});

async function start(app: string, environment: Record<string, string>): Promise<AppProcess> {
  const process = await AppProcess.start(app, environment);
  started.push(process);
  return process;
}

async function admin(...args: string[]): Promise<{ code: unknown; output: string }> {
  const { DATABASE_URL = '', AMQP_URL = '', SECRETS_KEY_FILE = '' } = world.environment;
  const run = AppProcess.spawn('admin', { DATABASE_URL, AMQP_URL, SECRETS_KEY_FILE, LOG_LEVEL: 'error' }, args);
  return { code: await run.exited, output: run.output };
}

it('gateway, worker and admin share a database and a broker, carry out an attach, and drain with exit code 0', async () => {
  expect(await admin('db', 'check')).toMatchObject({ code: 0 });
  const worker = await start('worker', world.environment);
  const gateway = await start('gateway', world.environment);
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { 'X-Auth-Token': world.member, 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json' };
    const response = await fetch(gateway.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };

  expect(worker.readyLine).toBe(`ready worker ${world.backend}`);
  expect((await admin('backend', 'list')).output).toContain(world.backend);

  const { body } = await call('POST', '/v3/volumes', { volume: { size: 1, name: 'disk' } });
  await until(
    'the volume is available',
    async () => (await call('GET', `/v3/volumes/${body.volume.id}`)).body.volume.status === 'available',
  );
  const reserved = await call('POST', '/v3/attachments', { attachment: { volume_uuid: body.volume.id } });
  const { id } = reserved.body.attachment;
  expect(await call('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } })).toMatchObject({ status: 200 });
  expect((await admin('attachment', 'list')).output).toContain(id);
  expect(await call('DELETE', `/v3/attachments/${id}`)).toEqual({ status: 200, body: { attachments: [] } });

  expect(await Promise.all([gateway.end('SIGTERM'), worker.end('SIGTERM')])).toEqual([0, 0]);
}, 180_000);

it('a worker whose settings are wrong says all that is wrong with them, and exits with 1', async () => {
  const worker = AppProcess.spawn('worker', {
    DATABASE_URL: 'mysql://root:hunter2@127.0.0.1/x',
    AMQP_URL: 'nonsense',
    SECRETS_KEY_FILE: '/nowhere/keys',
    BACKENDS: '[{"name":"no-at-sign","driver":"floppy"}]',
    LEASE_MS: 'soon',
  });

  expect(await worker.exited).toBe(1);
  for (const named of ['DATABASE_URL', 'AMQP_URL', 'SECRETS_KEY_FILE', 'no-at-sign', 'floppy', 'LEASE_MS'])
    expect(worker.output).toContain(named);
  expect(worker.output).not.toContain('hunter2');
  expect(worker.output).not.toContain('    at ');
}, 60_000);
