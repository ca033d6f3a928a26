import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, type BlockDevice } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import type { ConnectionInfo } from './reading';
import { NovaException, type VolumeApi } from './volume-api';

let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

/** Nova drops devices whose attachment is gone, and deletes attachments that it does not know; it reads the others twice. */
async function reboot(compute: VolumeApi, server: string, devices: BlockDevice[]): Promise<(ConnectionInfo | null)[]> {
  const listed = await compute.attachmentGetAll(server);
  const kept: string[] = [];
  for (const { attachment } of devices) if (await isThere(compute, attachment)) kept.push(attachment);
  for (const id of listed) if (!kept.includes(id)) await compute.attachmentDelete(id);
  const connections: (ConnectionInfo | null)[] = [];
  for (const id of kept) connections.push((await compute.attachmentGet(id)).connectionInfo);
  return connections;
}

async function isThere(compute: VolumeApi, attachment: string): Promise<boolean> {
  try {
    await compute.attachmentGet(attachment);
    return true;
  } catch (error) {
    if (error instanceof NovaException && error.exception === 'VolumeAttachmentNotFound') return false;
    throw error;
  }
}

it.each(ENDPOINTS)(
  'a server reboots with the connection that it has, and no other server loses one, with the endpoint %s',
  async (endpoint) => {
    const device = await attachedDevice(world);
    const neighbour = await attachedDevice(world);
    const { volume, server, attachment } = device;
    const asks = new UserRequest(world, { endpoint, volumes: { V: volume } });

    const connections = await reboot(asks.compute(), server, [device]);

    expect(asks.trace({ A: attachment, S: server })).toEqual([
      'compute GET P/attachments?instance_id=S 3.44 → 200, in-use (attached)',
      'compute GET P/attachments/A 3.44 → 200, in-use (attached)',
      'compute GET P/attachments/A 3.44 → 200, in-use (attached)',
    ]);
    expect(connections).toMatchObject([{ driverVolumeType: 'iscsi', status: 'attached', instance: server, volumeId: volume }]);
    expect(connections[0]?.data).toMatchObject({ access_mode: 'rw', encrypted: false });
    expect(await rowsOf(world, neighbour.volume)).toMatchObject([{ id: neighbour.attachment, attach_status: 'attached' }]);
    expect([hostsOf(world, volume), hostsOf(world, neighbour.volume)]).toEqual([['compute'], ['compute']]);
  },
);

it('an attachment that Nova does not know is deleted', async () => {
  const known = await attachedDevice(world);
  const dangling = await attachedDevice(world, { server: known.server, mountpoint: '/dev/vdc' });
  const asks = new UserRequest(world, { volumes: { V: known.volume, W: dangling.volume } });

  await reboot(asks.compute(), known.server, [known]);

  expect(asks.trace({ A: known.attachment, B: dangling.attachment, S: known.server })).toEqual([
    'compute GET P/attachments?instance_id=S 3.44 → 200, in-use (attached), in-use (attached)',
    'compute GET P/attachments/A 3.44 → 200, in-use (attached), in-use (attached)',
    'compute DELETE P/attachments/B 3.44 → 200, in-use (attached), available',
    'compute GET P/attachments/A 3.44 → 200, in-use (attached), available',
  ]);
  expect([hostsOf(world, known.volume), hostsOf(world, dangling.volume)]).toEqual([['compute'], []]);
});

it('a device whose attachment is gone is left out', async () => {
  const device = await attachedDevice(world);
  const { volume, server, attachment } = device;
  await new UserRequest(world, { volumes: {} }).compute().attachmentDelete(attachment);
  const asks = new UserRequest(world, { volumes: { V: volume } });

  const connections = await reboot(asks.compute(), server, [device]);

  expect(connections).toEqual([]);
  expect(asks.trace({ A: attachment, S: server })).toEqual([
    'compute GET P/attachments?instance_id=S 3.44 → 200, available',
    'compute GET P/attachments/A 3.44 → 404, available',
  ]);
});
