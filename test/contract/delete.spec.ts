import { startWorld, type World } from '../support/world';
import { absent, asked, actOnVolume, complete, create, failure, GENERIC, hostsOf, remove, rowsOf, update, volumeIs } from './calls';

/** Section H: deletes, and what a volume becomes when an attachment goes. */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const SERVICE = { 'X-Service-Token': 'nova:service:service' };
const AVAILABLE = ['available', 'detached'];
const IN_USE = ['in-use', 'attached'];
const nothingLeft = { status: 200, body: { attachments: [] } };
const ids = (body: { attachments: { id: string }[] }) => body.attachments.map(({ id }) => id);

it('case 158: what a delete leaves of a reserved row', async () => {
  const { id, volume } = await world.reservedAttachment();

  expect(await remove(world, id)).toMatchObject(nothingLeft);
  const row = await world.attachmentRow(id);
  expect(row).toMatchObject({ deleted: true, attach_status: 'detached', detach_time: expect.any(Date), deleted_at: expect.any(Date) });
  expect(await world.st(volume)).toEqual(AVAILABLE);
  expect(asked(world, volume, 'terminateConnection') + asked(world, volume, 'removeExport')).toBe(0);
});

it('cases 159, 169 and 173: an attached row is disconnected once, its export removed once, and it is gone', async () => {
  const { id, volume } = await world.attachedAttachment();

  expect(await remove(world, id, SERVICE)).toMatchObject(nothingLeft);
  expect([asked(world, volume, 'terminateConnection'), asked(world, volume, 'removeExport')]).toEqual([1, 1]);
  expect(await world.attachmentRow(id)).toMatchObject({ deleted: true, attach_status: 'detached', connector: null, connection_info: null });
  expect(await world.st(volume)).toEqual(AVAILABLE);
  expect(await remove(world, id, SERVICE)).toMatchObject(absent(id));
});

it('case 160: so is an attaching one', async () => {
  const { id, volume } = await world.attachingAttachment();

  expect(await remove(world, id, SERVICE)).toMatchObject(nothingLeft);
  expect(await world.st(volume)).toEqual(AVAILABLE);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('case 161: of two reserved rows the other is left', async () => {
  const { id, volume, instance } = await world.reservedAttachment();
  const other = await world.reservedAttachment(volume, instance);

  expect(ids((await remove(world, id)).body)).toEqual([other.id]);
  expect(await world.st(volume)).toEqual(['reserved', 'reserved']);
  expect(await rowsOf(world, volume)).toHaveLength(1);
});

it.each(['attaching', 'attached'] as const)('case 162: when the %s row goes, a reserved one decides', async (status) => {
  const { id, volume, instance } = await world.reservedAttachment();
  await world.reservedAttachment(volume, instance);
  await update(world, id);
  if (status === 'attached') await complete(world, id);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: status });

  expect((await remove(world, id, SERVICE)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['reserved', 'reserved']);
});

it('cases 163, 172 and 173: the rows of a multiattach volume go one by one, the export with the last connected one', async () => {
  const volume = await world.volume({ multiattach: true });
  const first = await world.attachedAttachment(volume);
  const second = await world.attachedAttachment(volume);
  const third = await world.reservedAttachment(volume);

  expect(ids((await remove(world, third.id)).body)).toEqual([second.id, first.id]);
  expect(await world.st(volume)).toEqual(IN_USE);
  expect(ids((await remove(world, first.id, SERVICE)).body)).toEqual([second.id]);
  expect(await world.st(volume)).toEqual(IN_USE);
  expect(asked(world, volume, 'removeExport')).toBe(0);
  expect(ids((await remove(world, second.id, SERVICE)).body)).toEqual([]);
  expect(await world.st(volume)).toEqual(AVAILABLE);
  expect(asked(world, volume, 'removeExport')).toBe(1);
});

it('case 164: attached wins over attaching', async () => {
  const volume = await world.volume({ multiattach: true });
  await world.attachedAttachment(volume);
  const attaching = await world.reservedAttachment(volume);
  const third = await world.reservedAttachment(volume, attaching.instance);
  await update(world, attaching.id);
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);

  expect((await remove(world, third.id)).status).toBe(200);
  expect(await world.st(volume)).toEqual(IN_USE);
});

it('case 165: a failed row does not keep a volume from being available', async () => {
  const { id, volume, instance } = await world.reservedAttachment();
  const failed = await world.reservedAttachment(volume, instance);
  world.driver.faults = { failOn: { validateConnector: { message: 'Volume driver not ready.', kind: 'notReady', outcome: 'notDone' } } };
  await update(world, failed.id);

  const { status, body } = await remove(world, id);

  expect([status, ids(body)]).toEqual([200, [failed.id]]);
  expect(await world.st(volume)).toEqual(AVAILABLE);
  expect(await rowsOf(world, volume)).toMatchObject([{ id: failed.id, attach_status: 'error_attaching' }]);
});

it.each([
  ['case 166', { status: 'uploading' }, 'uploading'],
  ['case 167', { status: 'retyping', migration_status: 'migrating' }, 'retyping'],
  ['case 167', { status: 'retyping', migration_status: 'success' }, 'available'],
])('%s: given %j, the volume is %s once its last row is gone', async (_case, columns, status) => {
  const { id, volume } = await world.reservedAttachment();
  await volumeIs(world, volume, columns);

  expect(await remove(world, id)).toMatchObject(nothingLeft);
  expect(await world.st(volume)).toEqual([status, 'detached']);
});

it.each(['error', 'error_deleting', 'maintenance'])('case 168: a volume in %s becomes available', async (status) => {
  const { id, volume } = await world.attachedAttachment();
  await volumeIs(world, volume, { status });

  expect(await remove(world, id, SERVICE)).toMatchObject(nothingLeft);
  expect(await world.st(volume)).toEqual(AVAILABLE);
});

it('case 168: so does a detaching one', async () => {
  const { id, volume } = await world.attachedAttachment();
  expect((await actOnVolume(world, volume, 'os-begin_detaching')).status).toBe(202);

  expect(await remove(world, id, SERVICE)).toMatchObject(nothingLeft);
  expect(await world.st(volume)).toEqual(AVAILABLE);
});

it.each([
  ['case 170', { message: 'stuck' }],
  ['case 170', { message: 'undefined is no function', raise: true }],
  ['case 176', { message: 'Volume driver not ready.', kind: 'notReady', outcome: 'notDone' }],
] as const)(
  '%s: a driver that will not disconnect (%j) is a 500, nothing has changed, and a new delete is a new try',
  async (_case, fault) => {
    const { id, volume } = await world.attachedAttachment();
    const before = await world.attachmentRow(id);
    world.driver.faults = { failOn: { terminateConnection: fault } };

    expect(await remove(world, id, SERVICE)).toMatchObject(failure(GENERIC));
    expect(await world.attachmentRow(id)).toMatchObject({
      attach_status: 'attached',
      deleted: false,
      connection_info: before.connection_info,
    });
    expect(await world.st(volume)).toEqual(IN_USE);
    world.driver.faults = {};
    expect(await remove(world, id, SERVICE)).toMatchObject(nothingLeft);
    expect(await world.st(volume)).toEqual(AVAILABLE);
  },
);

it('case 171: an export that will not go does not keep the row', async () => {
  const { id, volume } = await world.attachedAttachment();
  world.driver.faults = { failOn: { removeExport: { message: 'stuck', raise: true } } };

  expect(await remove(world, id, SERVICE)).toMatchObject(nothingLeft);
  expect(await world.attachmentRow(id)).toMatchObject({ deleted: true });
  expect(await world.st(volume)).toEqual(AVAILABLE);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('case 174: a row that was completed without a connector is deleted without a driver', async () => {
  const { id, volume } = await world.reservedAttachment();
  await complete(world, id);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached', connection_info: '{}' });

  expect(await remove(world, id)).toMatchObject(nothingLeft);
  expect(world.ledger.entries.filter((entry) => entry.volume === volume).map(({ method }) => method)).toEqual([
    'createVolume',
    'createVolume',
  ]);
  expect(await world.st(volume)).toEqual(AVAILABLE);
});

it('a delete asks no driver where no worker serves the backend, unless something may be connected', async () => {
  const reserved = await world.reservedAttachment();
  const attached = await world.attachedAttachment();
  for (const { volume } of [reserved, attached]) await volumeIs(world, volume, { host: 'nobody@fake#fake' });

  expect(await remove(world, reserved.id)).toMatchObject(nothingLeft);
  expect(await remove(world, attached.id)).toMatchObject(failure(GENERIC));
  expect(await world.query(`select 1 from operations where attachment_id = $1 and kind = 'detach'`, [attached.id])).toEqual([]);
  expect(await world.st(attached.volume)).toEqual(IN_USE);
});

it('a volume that was detached can be attached again', async () => {
  const { id, volume, instance } = await world.attachedAttachment();
  await remove(world, id);

  const again = (await create(world, volume, { instance_uuid: instance })).body.attachment.id as string;

  expect((await update(world, again)).status).toBe(200);
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);
});
