import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { AppProcess } from '../support/app-process';
import { currentRun } from '../support/test-run';
import { until } from '../support/until';
import { aConnector, PROJECT_1, startWorld, type World } from '../support/world';

/** The logs of a real gateway and worker, as whoever collects them finds them. */
let world: World;
let worker: AppProcess;
let gateway: AppProcess;
beforeAll(async () => {
  world = await startWorld({ workers: 0, gateways: 0 });
  worker = await AppProcess.start('worker', world.environment);
  gateway = await AppProcess.start('gateway', world.environment);
}, 180_000);
afterAll(async () => {
  for (const app of [gateway, worker]) await app.end('SIGKILL');
  await world.stop();
});

type Line = Record<string, unknown>;
const linesOf = (app: AppProcess): Line[] =>
  app.output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

async function call(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
  const headers = { 'X-Auth-Token': world.member, 'OpenStack-API-Version': 'volume 3.44', 'Content-Type': 'application/json', ...more };
  const response = await fetch(gateway.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  const isJson = text !== '' && response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    requestId: response.headers.get('x-openstack-request-id') ?? '',
    body: isJson ? JSON.parse(text) : null,
  };
}

async function reserved() {
  const { body } = await call('POST', '/v3/volumes', { volume: { size: 1 } });
  const volume = body.volume.id as string;
  await until('the volume is available', async () => (await world.volumeRow(volume)).status === 'available');
  const made = await call('POST', '/v3/attachments', { attachment: { volume_uuid: volume } });
  return { volume, attachment: made.body.attachment.id as string, requestId: made.requestId };
}

it('every line of an attach, in the gateway and in the worker, says whose request, operation, attachment and volume it is about', async () => {
  const { volume, attachment } = await reserved();
  const global = `req-${randomUUID()}`;

  const answer = await call(
    'PUT',
    `/v3/attachments/${attachment}`,
    { attachment: { connector: aConnector() } },
    { 'X-OpenStack-Request-ID': global },
  );

  expect(answer.status).toBe(200);
  const [operation] = await world.query(`select id from operations where attachment_id = $1 and kind = 'attach'`, [attachment]);
  const about = {
    level: 'info',
    request_id: answer.requestId,
    global_request_id: global,
    project_id: PROJECT_1,
    operation_id: operation?.id,
    attachment_id: attachment,
    volume_id: volume,
  };
  const ofRequest = (app: AppProcess) => linesOf(app).filter(({ request_id }) => request_id === answer.requestId);
  await until('both have logged it', () => ofRequest(gateway).length > 0 && ofRequest(worker).length > 0);
  expect(ofRequest(gateway)).toEqual([
    expect.objectContaining({ ...about, context: 'Api', method: 'PUT', path: `/v3/attachments/${attachment}`, status: 200 }),
  ]);
  expect(ofRequest(worker)).toEqual([expect.objectContaining({ ...about, context: 'ClaimRunner' })]);
});

it('a reserve names what it has made, and a request that was turned away its id', async () => {
  const { volume, attachment, requestId } = await reserved();
  const refused = await call('GET', '/v3/attachments?marker=SECRET', undefined, { 'X-Auth-Token': '' });
  const unknown = await call('GET', `/v3/${PROJECT_1}/nothing?token=SECRET`);

  const lineOf = (id: string) => until('it is logged', () => linesOf(gateway).find(({ request_id }) => request_id === id));
  expect(await lineOf(requestId)).toMatchObject({
    method: 'POST',
    status: 200,
    client: '127.0.0.1',
    volume_id: volume,
    attachment_id: attachment,
  });
  expect(await lineOf(refused.requestId)).toMatchObject({ path: '/v3/attachments', status: refused.status });
  expect(await lineOf(unknown.requestId)).toMatchObject({ path: `/v3/${PROJECT_1}/nothing`, status: 404, project_id: PROJECT_1 });
  expect(gateway.output).not.toContain('SECRET');
});

it('a line names the client behind a proxy that is ours, and whoever else speaks for himself alone', async () => {
  const behind = await AppProcess.start('gateway', { ...world.environment, TRUSTED_PROXIES: '127.0.0.0/8' });
  const forwarded = { 'X-Auth-Token': world.member, 'X-Forwarded-For': '203.0.113.5, 192.0.2.7' };
  const named = async (app: AppProcess) => {
    const { headers } = await fetch(`${app.url}/v3/attachments`, { headers: forwarded });
    const id = headers.get('x-openstack-request-id');
    return until('it is logged', () => linesOf(app).find(({ request_id }) => request_id === id)?.client);
  };

  expect([await named(gateway), await named(behind)]).toEqual(['127.0.0.1', '192.0.2.7']);
  expect(await behind.end('SIGTERM')).toBe(0);
});

it('probes leave no line behind, and the last line is written before the process ends', async () => {
  for (const path of ['/livez', '/readyz', '/healthcheck']) expect((await fetch(gateway.url + path)).status).toBe(200);

  expect(await gateway.end('SIGTERM')).toBe(0);

  const lines = linesOf(gateway);
  expect(lines.filter(({ message }) => /livez|readyz|healthcheck/.test(String(message)))).toEqual([]);
  expect(lines.map(({ message }) => message)).toContain('SIGTERM: draining');
  // The first start after a change builds the app, and says so before it begins.
  const others = gateway.output.split('\n').filter((line) => line !== '' && !line.startsWith('{') && line !== 'building gateway ...');
  expect(others).toEqual([gateway.readyLine]);
});

it('one line names the rules of the operator’s policy that are about what is not here', async () => {
  const path = `${currentRun().folder}/policy-of-cinder.yaml`;
  writeFileSync(path, '"backup:create": "rule:keepers"\n"keepers": "role:keeper"\n"volume:get": "role:reader"\n');
  const ruled = await AppProcess.start('gateway', { ...world.environment, POLICY_FILE: path });

  const told = () => linesOf(ruled).filter(({ message }) => String(message).startsWith('POLICY_FILE'));
  await until('it is logged', () => told().length > 0);

  expect(told()).toEqual([
    expect.objectContaining({ level: 'info', message: 'POLICY_FILE: passed over, since nothing here asks it: backup:create, keepers' }),
  ]);
  await ruled.end('SIGKILL');
});

it('a line about a Keystone that cannot be asked says whose request it kept out', async () => {
  const service = { OS_USERNAME: 'cinder', OS_PASSWORD: 'p', OS_PROJECT_NAME: 'service', KEYSTONE_RETRIES: '0' };
  const alone = await AppProcess.start('gateway', {
    ...world.environment,
    AUTH_STRATEGY: 'keystone',
    OS_AUTH_URL: 'http://127.0.0.1:1',
    ...service,
  });

  const answer = await fetch(`${alone.url}/v3/attachments`, { headers: { 'X-Auth-Token': 'anybody' } });
  const requestId = answer.headers.get('x-openstack-request-id');

  expect(answer.status).toBe(503);
  const told = (how: string) => linesOf(alone).find(({ message }) => String(message).startsWith(how));
  await until('it is logged', () => told('tokens cannot be checked') !== undefined);
  expect(told('tokens cannot be checked')).toMatchObject({ level: 'error', request_id: requestId });
  expect(told('callers hear 503 until Keystone can be asked')).toMatchObject({ level: 'error' });
  await alone.end('SIGKILL');
});
