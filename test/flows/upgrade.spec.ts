import { connect } from 'amqplib';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { admin, adminJson } from './admin-cli';

/** What a gateway of a later version rings with may be more than a worker of this one can read. */
const LATER_SCHEMA = 2;

let world: World;
beforeAll(async () => {
  world = await startWorld({ gateways: 0, faults: { latencyMs: { initializeConnection: 300 } } });
  await world.startGateway('amqp://127.0.0.1:1'); // its own bells reach nobody: the only one is the test's
  await admin({}, '--help'); // builds it
}, 120_000);
afterAll(() => world.stop());

it('given the bell of a later version, when no worker can read it, then it is parked, and the operation is carried out all the same', async () => {
  const { id, volume } = await world.reservedAttachment();
  const answer = world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });
  const operation = await until('the attach is promised', async () => (await world.unfinished()).find((one) => one.kind === 'attach'));
  const broker = await connect(world.amqpUrl);
  const channel = await broker.createConfirmChannel();
  const body = { operation_id: operation.id as string, volume_id: volume, attachment_id: id, backend: world.backend, news: {} };
  const properties = { type: 'attachment.attach', messageId: body.operation_id, headers: { 'x-schema': LATER_SCHEMA } };
  channel.publish('mooring.commands', world.backend, Buffer.from(JSON.stringify(body)), { ...properties, persistent: true });
  await channel.waitForConfirms();
  await broker.close();

  const { status } = await answer;
  const settings = { DATABASE_URL: world.databaseUrl, AMQP_URL: world.amqpUrl };
  const letters = (): Promise<{ id: string }[]> => adminJson(settings, 'dead-letter', 'list', '--limit', '10000');
  await until('it is parked', async () => (await letters()).some((letter) => letter.id === body.operation_id), 30_000);
  const parked = await adminJson(settings, 'dead-letter', 'show', body.operation_id);

  expect(status).toBe(200);
  expect(await adminJson(settings, 'operation', 'show', body.operation_id)).toMatchObject({ kind: 'attach', state: 'succeeded' });
  expect(parked).toMatchObject({ queue: `mooring.backend.${world.backend}`, reason: 'rejected', body: JSON.stringify(body) });
  expect(parked.headers['x-schema']).toBe(LATER_SCHEMA);
  await world.settled();
}, 90_000);
