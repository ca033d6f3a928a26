import { randomUUID } from 'node:crypto';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { asked, hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, type BlockDevice, connect } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import { ATTACHED, keepStatuses, statusesOf } from './volume-statuses';

let world: World;
beforeAll(async () => {
  world = await startGuardedWorld();
  await keepStatuses(world);
}, 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

/** The host gives the volume up; the server keeps it reserved. */
async function offload(request: UserRequest, device: BlockDevice): Promise<BlockDevice> {
  const compute = request.compute('first');
  const { id } = await compute.attachmentCreate(device.volume, device.server);
  await compute.attachmentDelete(device.attachment);
  return { ...device, attachment: id };
}

it.each(ENDPOINTS)('a server is offloaded and comes back on another host, with the endpoint %s', async (endpoint) => {
  const device = await attachedDevice(world, { host: 'first' });
  const { volume, server, attachment: old } = device;
  const shelve = new UserRequest(world, { endpoint, volumes: { V: volume } });
  const unshelve = new UserRequest(world, { endpoint, volumes: { V: volume } });

  const kept = await offload(shelve, device);
  const offloaded = hostsOf(world, volume);
  const connectionInfo = await connect(unshelve.compute('second'), kept);

  expect(shelve.trace({ Old: old })).toEqual([
    'first GET / → 300, in-use (attached)',
    'first POST P/attachments 3.44 → 200, in-use (attached + reserved)',
    'first DELETE P/attachments/Old 3.44 → 200, reserved (reserved)',
  ]);
  expect(unshelve.trace({ New: kept.attachment })).toEqual([
    'second GET / → 300, reserved (reserved)',
    'second GET P/volumes/V 3.69 → 200, reserved (reserved)',
    'second PUT P/attachments/New 3.44 → 200, attaching (attaching)',
    'second POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(offloaded).toEqual([]);
  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', instance: server, volumeId: volume });
  expect(await rowsOf(world, volume)).toMatchObject([{ id: kept.attachment, instance_uuid: server, attached_host: 'second' }]);
  expect(hostsOf(world, volume)).toEqual(['second']);
  expect(await statusesOf(world, volume)).toEqual([...ATTACHED, ...ATTACHED]);
});

describe.each(ENDPOINTS)('while a server is offloaded, with the endpoint %s,', (endpoint) => {
  /** A volume of a server that no host has: in use, and connected nowhere. */
  async function attachedToNoHost() {
    const [volume, server] = [await world.volume(), randomUUID()];
    const attach = new UserRequest(world, { endpoint, volumes: { V: volume } });
    await attach.api.get(volume);
    const { id, connectionInfo } = await attach.api.attachmentCreate(volume, server);
    await attach.api.attachmentComplete(id);
    return { device: { volume, server, attachment: id, mountpoint: '/dev/vdc' }, attach, connectionInfo };
  }

  it('a volume is attached to it, and connected when it comes back', async () => {
    const { device, attach, connectionInfo } = await attachedToNoHost();
    const { volume, server, attachment } = device;
    const nowhere = { hosts: hostsOf(world, volume), asked: asked(world, volume, 'initializeConnection') };
    const unshelve = new UserRequest(world, { endpoint, volumes: { V: volume } });

    const { attachments } = await attach.api.get(volume);
    await connect(unshelve.compute('second'), device);

    expect(attach.trace({ A: attachment })).toEqual([
      'api GET P/volumes/V → 200, available',
      'api GET / → 300, available',
      'api POST P/attachments 3.44 → 200, reserved (reserved)',
      'api POST P/attachments/A/action os-complete 3.44 → 204, in-use (attached)',
      'api GET P/volumes/V → 200, in-use (attached)',
    ]);
    expect(connectionInfo).toBeNull();
    expect(attachments).toEqual({ [server]: { attachmentId: attachment, mountpoint: null } });
    expect(nowhere).toEqual({ hosts: [], asked: 0 });
    expect(unshelve.trace({ A: attachment }).slice(1)).toEqual([
      'second GET P/volumes/V 3.69 → 200, in-use (attached)',
      'second PUT P/attachments/A 3.44 → 200, attaching (attaching)',
      'second POST P/attachments/A/action os-complete 3.44 → 204, in-use (attached)',
    ]);
    expect(hostsOf(world, volume)).toEqual(['second']);
  });

  it('a volume is detached from it, and no driver hears of it', async () => {
    const { device } = await attachedToNoHost();
    const { volume, server, attachment } = device;
    const detach = new UserRequest(world, { endpoint, volumes: { V: volume } });

    const { attachments } = await detach.api.get(volume);
    await detach.api.attachmentDelete(attachment);

    expect(attachments[server]?.attachmentId).toBe(attachment);
    expect(detach.trace({ A: attachment })).toEqual([
      'api GET P/volumes/V → 200, in-use (attached)',
      'api DELETE P/attachments/A 3.44 → 200, available',
    ]);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
    expect(asked(world, volume, 'terminateConnection')).toBe(0);
  });
});

it('a volume that was connected before is detached from an offloaded server', async () => {
  const device = await attachedDevice(world, { host: 'first' });
  const kept = await offload(new UserRequest(world, { volumes: {} }), device);
  const detach = new UserRequest(world, { volumes: { V: device.volume } });

  const seen = await detach.api.get(device.volume);
  await detach.api.attachmentDelete(kept.attachment);

  expect(seen).toMatchObject({ status: 'reserved', attachStatus: 'detached', attachments: {} });
  expect(detach.trace({ A: kept.attachment })).toEqual([
    'api GET P/volumes/V → 200, reserved (reserved)',
    'api DELETE P/attachments/A 3.44 → 200, available',
  ]);
  expect(hostsOf(world, device.volume)).toEqual([]);
});
