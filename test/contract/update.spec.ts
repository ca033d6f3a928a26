import { randomUUID } from 'node:crypto';
import { until } from '../support/until';
import { aConnector, startWorld, type World } from '../support/world';
import { absent, asked, complete, conflict, create, hostsOf, refusal, rowsOf, update, volumeIs } from './calls';

/** Section F: updates that a rule of the gateway decides. */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const C1 = aConnector('tempest-1');
const C2 = aConnector('dest');
const duplicate = (volume: string) => conflict(`Resource conflict: duplicate connectors detected on volume ${volume}`);

/** What is recorded of an attachment's connection; it is sealed in the row. */
async function recorded(id: string) {
  const { connector } = await world.attachmentRow(id);
  return world.keys.open(connector as string, `attachments.connector:${id}`);
}

/** Two rows of one instance on a volume without multiattach, the first one connected: a live migration. */
async function migrating() {
  const first = await world.attachedAttachment();
  const { body } = await create(world, first.volume, { instance_uuid: first.instance });
  return { first: first.id, second: body.attachment.id as string, volume: first.volume, instance: first.instance };
}

it('cases 127 and 128: the row and the volume are what the answer says', async () => {
  const { id, volume, instance } = await world.reservedAttachment();

  const { status, body } = await update(world, id, C1);

  expect([status, body.attachment.status, body.attachment.instance]).toEqual([200, 'attaching', instance]);
  expect(await world.attachmentRow(id)).toMatchObject({
    attach_status: 'attaching',
    attach_mode: 'rw',
    attached_host: 'tempest-1',
    mountpoint: '/dev/vdb',
    attach_time: expect.any(Date),
  });
  expect(await recorded(id)).toMatchObject({ connector: C1, mode: 'rw' });
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
});

it('case 129: the same connector again asks the driver again, which gives the same connection', async () => {
  const { id, volume, connectionInfo } = await world.attachingAttachment();
  const before = await world.attachmentRow(id);

  const { status, body } = await update(world, id, C1);

  expect([status, body.attachment.connection_info]).toEqual([200, connectionInfo]);
  expect(asked(world, volume, 'initializeConnection')).toBe(2);
  const after = await world.attachmentRow(id);
  expect(after.attach_time > before.attach_time).toBe(true);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
});

it('case 130: an attached attachment goes back to attaching', async () => {
  const { id, volume } = await world.attachedAttachment();

  expect((await update(world, id, C1)).status).toBe(200);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attaching' });
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
  expect((await complete(world, id)).status).toBe(204);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('case 132: the mode of the create wins over that of the connector', async () => {
  const volume = await world.volume();
  const id = (await create(world, volume, { mode: 'ro' }, '3.54')).body.attachment.id as string;

  const { status, body } = await update(world, id, C1);

  expect([status, body.attachment.attach_mode, body.attachment.connection_info.access_mode]).toEqual([200, 'ro', 'ro']);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_mode: 'ro' });
  expect(await recorded(id)).toMatchObject({ connector: { ...C1, mode: 'ro' } });
});

it.each([true, false])('case 133: enforce_multipath %p of the connector is in the answer', async (enforce_multipath) => {
  const { id } = await world.reservedAttachment();

  const { body } = await update(world, id, aConnector('h', { enforce_multipath }));

  expect(body.attachment.connection_info.enforce_multipath).toBe(enforce_multipath);
});

it.each([
  [{ cacheable: '<is> True' }, true],
  [{ cacheable: 'true' }, false],
  [{}, false],
])('case 134: of a type with the extra specs %j a connection is cacheable: %p', async (extra_specs, cacheable) => {
  const admin = { 'X-Auth-Token': world.admin };
  const name = `type-${randomUUID()}`;
  await world.request('POST', '/v3/types', { volume_type: { name, extra_specs } }, admin);
  const made = await world.request('POST', '/v3/volumes', { volume: { size: 1, volume_type: name } });
  const volume = made.body.volume.id as string;
  await until('the volume is available', async () => (await world.volumeRow(volume)).status === 'available');
  const { id } = await world.reservedAttachment(volume);

  expect((await update(world, id)).body.attachment.connection_info.cacheable).toBe(cacheable);
});

it('case 135: a volume in error is not connected', async () => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { status: 'error' });

  expect(await update(world, id)).toMatchObject(
    conflict(
      `Resource conflict: Volume attachments can not be updated if the volume is in an error state. The Volume ${volume} currently has a status of: error `,
    ),
  );
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'reserved', connection_info: '{}', connector: null });
  expect(await world.st(volume)).toEqual(['error', 'detached']);
  expect(asked(world, volume, 'createExport')).toBe(0);
});

it.each(['in-use', 'maintenance', 'detaching'])('case 136: a volume that is %s is connected', async (status) => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { status });

  expect((await update(world, id)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
});

it('case 136: one that is being deleted is not found, neither for an update nor for a complete, and a create is refused', async () => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { status: 'available' });
  world.driver.faults = { hangOn: ['deleteVolume'] };
  expect((await world.request('DELETE', `/v3/volumes/${volume}`)).status).toBe(202);

  expect((await update(world, id)).status).toBe(404);
  expect((await complete(world, id)).status).toBe(404);
  expect(await create(world, volume)).toMatchObject(
    refusal(`Invalid volume: Volume ${volume} status must be available or downloading to reserve, but the current status is deleting.`),
  );
  world.driver.faults = {};
  await world.settled();
  expect(await update(world, id)).toMatchObject(absent(id));
});

describe('while a volume without multiattach has a connected row', () => {
  it('case 137: a second row is not connected by an update', async () => {
    const { second, volume } = await migrating();

    expect(await update(world, second, C2)).toMatchObject(duplicate(volume));
    expect(await world.attachmentRow(second)).toMatchObject({ attach_status: 'reserved', connector: null });
    expect(await world.st(volume)).toEqual(['in-use', 'attached']);
    expect(asked(world, volume, 'initializeConnection')).toBe(1);
  });

  it('case 138: the first one may repeat its connector, and take no other', async () => {
    const { first, volume } = await migrating();

    expect(await update(world, first, C2)).toMatchObject(duplicate(volume));
    expect(hostsOf(world, volume)).toEqual(['tempest-1']);
    expect((await update(world, first, C1)).status).toBe(200);
  });

  it('case 139: a create with a connector is not checked', async () => {
    const { volume, instance } = await migrating();

    expect((await create(world, volume, { instance_uuid: instance, connector: C2 })).status).toBe(200);
    expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
    expect(hostsOf(world, volume).sort()).toEqual(['dest', 'tempest-1']);
  });
});

it('case 140: a multiattach volume is connected twice to one host', async () => {
  const { volume } = await world.attachedAttachment(await world.volume({ multiattach: true }));
  const second = await world.reservedAttachment(volume);

  expect((await update(world, second.id, C1)).status).toBe(200);
  expect(hostsOf(world, volume)).toEqual(['tempest-1', 'tempest-1']);
});

it('case 141: of two reserved rows either may be connected', async () => {
  const { id, volume, instance } = await world.reservedAttachment();
  await world.reservedAttachment(volume, instance);

  expect((await update(world, id, C1)).status).toBe(200);
  expect(await rowsOf(world, volume)).toMatchObject([{ attach_status: 'attaching' }, { attach_status: 'reserved' }]);
});
