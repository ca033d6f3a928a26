import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { isolatedBroker } from '../support/rabbitmq';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';

/** A bell may be lost, doubled, late or out of order: the rows say what there is to do. */
let world: World;
afterEach(() => world.stop());

const put = (id: string) => world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: aConnector() } });

it('given every bell is lost, the sweeper carries out what was promised', async () => {
  world = await startWorld({ gateways: 0 });
  await world.startGateway('amqp://127.0.0.1:1');

  const { id, volume } = await world.attachedAttachment();
  const deleted = await world.request('DELETE', `/v3/attachments/${id}`);

  expect(deleted.status).toBe(200);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
});

it('given bells come twice, out of order and for work long done, each effect happens once', async () => {
  world = await startWorld({ faults: { latencyMs: { initializeConnection: 500 } } }); // long enough for all to join
  const { id, volume } = await world.reservedAttachment();
  const broker = await connect(world.amqpUrl);
  const channel = await broker.createConfirmChannel();
  const ring = (type: string) => {
    const body = { operation_id: randomUUID(), volume_id: volume, attachment_id: id, backend: world.backend };
    const options = { type, messageId: body.operation_id, contentType: 'application/json', headers: { 'x-schema': 1 } };
    channel.publish('mooring.commands', world.backend, Buffer.from(JSON.stringify(body)), options);
  };

  for (const type of ['attachment.detach', 'attachment.complete', 'attachment.attach', 'attachment.attach']) ring(type);
  const answers = await Promise.all([put(id), put(id), put(id)]);
  for (const type of ['attachment.attach', 'attachment.detach', 'volume.delete', 'attachment.attach']) ring(type);
  await channel.waitForConfirms();
  await until('the bells are answered', async () => (await channel.checkQueue(`mooring.backend.${world.backend}`)).messageCount === 0);
  await broker.close();

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(world.ledger.entries.filter(({ method, phase }) => method === 'initializeConnection' && phase === 'done')).toHaveLength(1);
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
  await world.settled();
});

it('given RabbitMQ is killed and comes back, nothing is lost and bells ring again', async () => {
  const broker = await isolatedBroker();
  try {
    world = await startWorld({ amqpUrl: broker.url, faults: { latencyMs: { initializeConnection: 300 } } });
    // A quorum queue that was declared a moment before a kill -9 may come back without a leader: a clean restart first keeps that out of it.
    await broker.stop();
    await broker.start();
    await until('a bell is heard', async () => (await put((await world.reservedAttachment()).id)).status === 200);
    const reserved = await Promise.all(Array.from({ length: 4 }, () => world.reservedAttachment()));
    const answers = reserved.map(({ id }) => put(id));
    await until('work is in flight', async () => (await world.unfinished()).length > 0);

    await broker.crash();
    const during = await world.reservedAttachment(reserved[0]?.volume, reserved[0]?.instance).catch((error: Error) => error);
    await broker.start();

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(during).toBeDefined();
    await world.settled();
    const { id } = await world.reservedAttachment();
    await until('a bell is heard again', async () => (await put(id)).status === 200);
  } finally {
    await broker.remove();
  }
}, 120_000);
