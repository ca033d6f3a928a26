import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';
import { actOnVolume, create, refusal, rowsOf, volumeIs } from './calls';

/** Section C: creates without a connector, in every state that a volume may be in. */
let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const I2 = randomUUID();
const notReservable = (volume: string, status: string, from = 'available or downloading') =>
  refusal(`Invalid volume: Volume ${volume} status must be ${from} to reserve, but the current status is ${status}.`);

it.each([
  ['case 49', 'True', {}, '3.44', 'ro'],
  ['case 50', 'True', { mode: 'rw' }, '3.54', 'ro'],
  ['case 51', 'False', { mode: 'rw' }, '3.54', 'rw'],
])(
  '%s: on a volume whose admin metadata says readonly %s, a create of %j at %s is %s later',
  async (_case, readonly, wanted, version, mode) => {
    const volume = await world.volume();
    await volumeIs(world, volume, { admin_metadata: { readonly } });

    const { status, body } = await create(world, volume, wanted, version);

    expect([status, body.attachment.attach_mode]).toEqual([200, mode]);
    expect(await world.attachmentRow(body.attachment.id as string)).toMatchObject({ attach_mode: mode });
  },
);

it.each([
  ['case 52', { instance_uuid: I2 }],
  ['case 53', {}],
])('%s: a reserved volume is not reserved again for %j', async (_case, wanted) => {
  const { volume } = await world.reservedAttachment();

  expect(await create(world, volume, wanted)).toMatchObject(notReservable(volume, 'reserved'));
  expect(await rowsOf(world, volume)).toHaveLength(1);
});

it('case 54: a reserved volume is reserved again for the same instance', async () => {
  const { volume, instance } = await world.reservedAttachment();

  expect((await create(world, volume, { instance_uuid: instance })).status).toBe(200);
  expect(await rowsOf(world, volume)).toMatchObject([{ attach_status: 'reserved' }, { attach_status: 'reserved' }]);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it('case 55: an attached volume is reserved for the instance that has it, and stays in use', async () => {
  const { volume, instance } = await world.attachedAttachment();

  expect(await create(world, volume, { instance_uuid: instance })).toMatchObject({
    status: 200,
    body: { attachment: { status: 'reserved' } },
  });
  expect(await rowsOf(world, volume)).toMatchObject([{ attach_status: 'attached' }, { attach_status: 'reserved' }]);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('case 56: an attached volume is not reserved for another instance', async () => {
  const { volume } = await world.attachedAttachment();

  expect(await create(world, volume, { instance_uuid: I2 })).toMatchObject(notReservable(volume, 'in-use'));
  expect(await rowsOf(world, volume)).toHaveLength(1);
});

it('case 57: an attaching volume is reserved for nobody', async () => {
  const { volume, instance } = await world.attachingAttachment();

  expect(await create(world, volume, { instance_uuid: instance })).toMatchObject(notReservable(volume, 'attaching'));
  expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
});

it('case 58: neither is a detaching one', async () => {
  const { volume, instance } = await world.attachedAttachment();
  await actOnVolume(world, volume, 'os-begin_detaching');

  expect(await create(world, volume, { instance_uuid: instance })).toMatchObject(notReservable(volume, 'detaching'));
  expect(await world.st(volume)).toEqual(['detaching', 'attached']);
});

const OF_OTHER_FLOWS: string[] = ['maintenance', 'uploading', 'retyping', 'extending', 'backing-up', 'awaiting-transfer', 'deleting'];

it.each([['case 59', 'creating'] as const, ...OF_OTHER_FLOWS.map((status) => ['case 61', status] as const)])(
  '%s: a volume that is %s is not reserved',
  async (_case, status) => {
    const volume = await world.volume();
    await volumeIs(world, volume, { status });

    expect(await create(world, volume, { instance_uuid: I2 })).toMatchObject(notReservable(volume, status));
    expect(await rowsOf(world, volume)).toEqual([]);
    expect(await world.st(volume)).toEqual([status, 'detached']);
  },
);

it('case 60: a downloading volume is reserved', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status: 'downloading' });

  expect((await create(world, volume)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it.each([
  ['case 62', 'error'],
  ['case 63', 'error_extending'],
  ['case 63', 'error_restoring'],
  ['case 63', 'error_deleting'],
])('%s: a volume in %s is not reserved', async (_case, status) => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status });

  expect(await create(world, volume, { instance_uuid: I2 })).toMatchObject(
    refusal(
      `Invalid volume: Volume attachments can not be created if the volume is in an error state. The Volume ${volume} currently has a status of: ${status} `,
    ),
  );
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual([status, 'detached']);
});

it('case 64: an available volume that migrates is reserved', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { migration_status: 'migrating' });

  expect((await create(world, volume)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it.each([
  ['case 65', false],
  ['case 68', true],
])('%s: a multiattach volume in use (bootable: %p) is reserved for a second instance', async (_case, bootable) => {
  const { volume } = await world.attachedAttachment(await world.volume({ multiattach: true }));
  await volumeIs(world, volume, { bootable });

  expect((await create(world, volume, { instance_uuid: I2 })).status).toBe(200);
  expect(await rowsOf(world, volume)).toHaveLength(2);
  expect(await world.st(volume)).toEqual(['reserved', 'attached']);
});

it('case 66: a reserved multiattach volume is not, and the refusal names in-use too', async () => {
  const { volume } = await world.reservedAttachment(await world.volume({ multiattach: true }));

  expect(await create(world, volume, { instance_uuid: I2 })).toMatchObject(
    notReservable(volume, 'reserved', 'available or in-use or downloading'),
  );
  expect(await rowsOf(world, volume)).toHaveLength(1);
});

it('case 69: a volume without a host is reserved all the same', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { host: null });

  expect((await create(world, volume)).status).toBe(200);
  expect(await world.st(volume)).toEqual(['reserved', 'detached']);
});

it('case 74: of two creates for two instances at once one wins', async () => {
  const volume = await world.volume();

  const answers = await Promise.all([randomUUID(), randomUUID()].map((instance_uuid) => create(world, volume, { instance_uuid })));

  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect(answers.find(({ status }) => status === 400)).toMatchObject(notReservable(volume, 'reserved'));
  expect(await rowsOf(world, volume)).toHaveLength(1);
});
