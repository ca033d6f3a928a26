import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { asked, hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, type BlockDevice, connectorOf } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import { ATTACHED, keepStatuses, statusesOf } from './volume-statuses';

let world: World;
beforeAll(async () => {
  world = await startGuardedWorld();
  await keepStatuses(world);
}, 120_000);
beforeEach(() => (world.driver.faults = {}));
afterEach(() => world.settled());
afterAll(() => world.stop());

/** A server on `source`, and a user who wants it on `destination`. */
async function migration(endpoint?: string) {
  const device = await attachedDevice(world, { host: 'source' });
  const migrate = new UserRequest(world, { endpoint, volumes: { V: device.volume } });
  return { device, migrate, source: migrate.compute('source'), destination: migrate.compute('destination') };
}

const second = (destination: ReturnType<UserRequest['compute']>, { volume, server, mountpoint }: BlockDevice) =>
  destination.attachmentCreate(volume, server, connectorOf('destination', mountpoint));

async function expectOnlyTheSource({ attachment, volume }: BlockDevice): Promise<void> {
  expect(await rowsOf(world, volume)).toMatchObject([{ id: attachment, attach_status: 'attached', attached_host: 'source' }]);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect(hostsOf(world, volume)).toEqual(['source']);
}

it.each(ENDPOINTS)('a server moves while it runs, with the endpoint %s', async (endpoint) => {
  const { device, migrate, source, destination } = await migration(endpoint);
  const { volume, attachment: old, server } = device;

  const { id } = await second(destination, device);
  const { connectionInfo } = await destination.attachmentGet(id);
  await destination.attachmentComplete(id);
  const both = hostsOf(world, volume);
  await source.attachmentDelete(old);

  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', instance: server, volumeId: volume, data: { access_mode: 'rw' } });
  expect(migrate.trace({ Old: old, New: id })).toEqual([
    'destination GET / → 300, in-use (attached)',
    'destination POST P/attachments with connector 3.44 → 200, attaching (attached + attaching)',
    'destination GET P/attachments/New 3.44 → 200, attaching (attached + attaching)',
    'destination POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached + attached)',
    'source DELETE P/attachments/Old 3.44 → 200, in-use (attached)',
  ]);
  expect(both.sort()).toEqual(['destination', 'source']);
  expect(hostsOf(world, volume)).toEqual(['destination']);
  expect(await rowsOf(world, volume)).toMatchObject([{ id, instance_uuid: server, attached_host: 'destination', mountpoint: '/dev/vdb' }]);
  expect(await statusesOf(world, volume)).toEqual([...ATTACHED, 'attaching', 'in-use']);
});

it('what the destination could not prepare it takes back; the source keeps its connection', async () => {
  const { device, migrate, destination } = await migration();

  const { id } = await second(destination, device);
  await destination.attachmentGet(id);
  await destination.attachmentDelete(id);

  expect(migrate.trace({ New: id })).toEqual([
    'destination GET / → 300, in-use (attached)',
    'destination POST P/attachments with connector 3.44 → 200, attaching (attached + attaching)',
    'destination GET P/attachments/New 3.44 → 200, attaching (attached + attaching)',
    'destination DELETE P/attachments/New 3.44 → 200, in-use (attached)',
  ]);
  await expectOnlyTheSource(device);
});

it('a server that did not move is rolled back by its source', async () => {
  const { device, migrate, source, destination } = await migration();

  const { id } = await second(destination, device);
  await destination.attachmentGet(id);
  await destination.attachmentComplete(id);
  await source.attachmentDelete(id);

  expect(migrate.trace({ New: id }).slice(3)).toEqual([
    'destination POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached + attached)',
    'source DELETE P/attachments/New 3.44 → 200, in-use (attached)',
  ]);
  await expectOnlyTheSource(device);
});

it('where the backend refuses the destination, it is not asked again and there is nothing to roll back', async () => {
  const { device, migrate, destination } = await migration();
  world.driver.faults = { failOn: { initializeConnection: 'no path to destination' } };

  await expect(second(destination, device)).rejects.toMatchObject({
    exception: 'ClientException',
    code: 500,
    message: expect.stringContaining('no path to destination') as string,
  });

  expect(migrate.trace()).toEqual([
    'destination GET / → 300, in-use (attached)',
    'destination POST P/attachments with connector 3.44 → 500, in-use (attached)',
  ]);
  await expectOnlyTheSource(device);
  expect(asked(world, device.volume, 'removeExport')).toBe(0);
  expect(await statusesOf(world, device.volume)).toEqual(ATTACHED);
});

it('another server finds no gap in a migration', async () => {
  const { device, source, destination } = await migration();
  const other = await attachedDevice(world);
  const steal = () => new UserRequest(world, { volumes: {} }).api.attachmentCreate(device.volume, other.server);
  const refused: unknown[] = [];
  const meanwhile = async () => refused.push(await steal().catch((error: unknown) => error));

  const { id } = await second(destination, device);
  await meanwhile();
  await destination.attachmentComplete(id);
  await meanwhile();
  await source.attachmentDelete(device.attachment);
  await meanwhile();

  expect(refused).toMatchObject(Array(3).fill({ exception: 'InvalidInput', code: 400 }));
  expect(await rowsOf(world, device.volume)).toMatchObject([{ id, instance_uuid: device.server }]);
});
