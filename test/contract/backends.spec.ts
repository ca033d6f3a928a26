import { randomUUID } from 'node:crypto';
import { backendQueue } from '@app/messaging';
import { connect } from 'amqplib';
import { startWorld, type World } from '../support/world';
import { until } from '../support/until';
import { actOnVolume, asked, complete, hostsOf, volumeIs } from './calls';

/** Sections G, I and J: what is left of them. */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

it.each(['error', 'maintenance'])('case 157: an attachment of a volume in %s is completed', async (status) => {
  const { id, volume } = await world.attachingAttachment();
  await volumeIs(world, volume, { status });

  expect((await complete(world, id)).status).toBe(204);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached' });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('a complete leaves time, mode and host of the attach alone, also when it is repeated', async () => {
  const { id } = await world.attachingAttachment();
  const { attach_time, attach_mode, attached_host } = await world.attachmentRow(id);

  await complete(world, id);
  await complete(world, id);

  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached', attach_time, attach_mode, attached_host });
});

it('case 197: begin_detaching changes the volume alone', async () => {
  const { id, volume } = await world.attachedAttachment();

  const { status, text } = await actOnVolume(world, volume, 'os-begin_detaching');

  expect([status, text]).toEqual([202, '']);
  expect(await world.st(volume)).toEqual(['detaching', 'attached']);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached' });
});

it('case 198: an available volume cannot begin to detach', async () => {
  const volume = await world.volume();

  expect(await actOnVolume(world, volume, 'os-begin_detaching')).toMatchObject({
    status: 400,
    body: {
      badRequest: {
        message: "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.",
      },
    },
  });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it.each(['available', 'in-use', 'error', 'reserved'])('case 199: roll_detaching leaves a volume that is %s as it is', async (status) => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status });

  expect((await actOnVolume(world, volume, 'os-roll_detaching')).status).toBe(202);
  expect(await world.st(volume)).toEqual([status, 'detached']);
});

it('case 219: what a reserved volume has to say to a delete', async () => {
  const { volume } = await world.reservedAttachment();

  const { status, body } = await world.request('DELETE', `/v3/volumes/${volume}`);

  expect([status, body.badRequest.message]).toEqual([
    400,
    'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be ' +
      'migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.',
  ]);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it('case 223: neither a reserved nor an attaching attachment is of the volume yet', async () => {
  const { volume } = await world.reservedAttachment();
  const attaching = await world.attachingAttachment();

  for (const id of [volume, attaching.volume])
    expect((await world.request('GET', `/v3/volumes/${id}`)).body.volume.attachments).toEqual([]);
});

it('case 231, as it is here: a settle that fails is tried again, and the volume stays in use', async () => {
  const { volume } = await world.attachedAttachment();
  world.driver.faults = { failOn: { settle: { message: 'not yet', times: 2 } } };

  const id = randomUUID();
  await world.query(
    `insert into operations (id, kind, volume_id, backend, revision, request_id) values ($1, 'settle', $2, $3, 0, 'req-settle')`,
    [id, volume, world.backend],
  );

  const settle = () => world.query('select * from operations where id = $1', [id]);
  await until('the volume is settled', async () => (await settle())[0]?.state === 'succeeded');
  expect(asked(world, volume, 'settle')).toBe(3);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('case 232: the queue of a volume is that of its place without the pool', async () => {
  const { id, volume } = await world.attachingAttachment();
  expect(await world.volumeRow(volume)).toMatchObject({ host: `${world.backend}#fake` });
  const [operation] = await world.query('select backend from operations where attachment_id = $1', [id]);
  expect(operation?.backend).toBe(world.backend);

  const broker = await connect(world.amqpUrl);
  const channel = await broker.createChannel();
  const queue = await channel.checkQueue(backendQueue(world.backend).name);
  await broker.close();

  expect(queue).toMatchObject({ queue: `mooring.backend.${world.backend}`, consumerCount: 1 });
});
