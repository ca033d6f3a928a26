import { randomUUID } from 'node:crypto';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, type BlockDevice, update } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import type { VolumeApi } from './volume-api';
import { ATTACHED, keepStatuses, statusesOf } from './volume-statuses';

let world: World;
beforeAll(async () => {
  world = await startGuardedWorld();
  await keepStatuses(world);
}, 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

/** A server of two volumes on `source`. */
async function resizable(): Promise<[BlockDevice, BlockDevice]> {
  const server = randomUUID();
  const root = await attachedDevice(world, { server, host: 'source', mountpoint: '/dev/vda' });
  return [root, await attachedDevice(world, { server, host: 'source' })];
}

/** The host that a server leaves gives its volumes up, one after the other; Nova keeps the new attachments. */
async function leave(host: VolumeApi, devices: BlockDevice[]): Promise<BlockDevice[]> {
  const kept: BlockDevice[] = [];
  for (const device of devices) {
    const { id } = await host.attachmentCreate(device.volume, device.server);
    await host.attachmentDelete(device.attachment);
    kept.push({ ...device, attachment: id });
  }
  return kept;
}

/** The host that a server comes to: each step for all of its volumes before the next step. */
async function arrive(host: VolumeApi, devices: BlockDevice[]) {
  for (const device of devices) await update(host, device);
  const refreshed = [];
  for (const { attachment } of devices) refreshed.push(await host.attachmentGet(attachment));
  for (const { attachment } of devices) await host.attachmentComplete(attachment);
  return refreshed.map(({ connectionInfo }) => connectionInfo);
}

const ids = ([first, second]: BlockDevice[], name: string) => ({
  [`${name}1`]: first?.attachment ?? '',
  [`${name}2`]: second?.attachment ?? '',
});

async function expectOn(host: string, devices: BlockDevice[], moves: string[][]): Promise<void> {
  for (const { volume, attachment, server, mountpoint } of devices) {
    expect(await rowsOf(world, volume)).toMatchObject([{ id: attachment, instance_uuid: server, attached_host: host, mountpoint }]);
    expect(await world.st(volume)).toEqual(['in-use', 'attached']);
    expect(hostsOf(world, volume)).toEqual([host]);
    expect(await statusesOf(world, volume)).toEqual([ATTACHED, ...moves].flat());
  }
  expect(world.ledger.overlaps).toEqual([]);
}

it.each(ENDPOINTS)('a server moves to another host, and its user confirms, with the endpoint %s', async (endpoint) => {
  const devices = await resizable();
  const resize = new UserRequest(world, { endpoint, volumes: { V: devices[0].volume, W: devices[1].volume } });
  const confirm = new UserRequest(world, { endpoint, volumes: {} });

  const kept = await leave(resize.compute('source'), devices);
  const inBetween = devices.map(({ volume }) => hostsOf(world, volume));
  const refreshed = await arrive(resize.compute('destination'), kept);

  expect(resize.trace({ ...ids(devices, 'Old'), ...ids(kept, 'New') })).toEqual([
    'source GET / → 300, in-use (attached), in-use (attached)',
    'source POST P/attachments 3.44 → 200, in-use (attached + reserved), in-use (attached)',
    'source DELETE P/attachments/Old1 3.44 → 200, reserved (reserved), in-use (attached)',
    'source GET / → 300, reserved (reserved), in-use (attached)',
    'source POST P/attachments 3.44 → 200, reserved (reserved), in-use (attached + reserved)',
    'source DELETE P/attachments/Old2 3.44 → 200, reserved (reserved), reserved (reserved)',
    'destination PUT P/attachments/New1 3.44 → 200, attaching (attaching), reserved (reserved)',
    'destination PUT P/attachments/New2 3.44 → 200, attaching (attaching), attaching (attaching)',
    'destination GET P/attachments/New1 3.44 → 200, attaching (attaching), attaching (attaching)',
    'destination GET P/attachments/New2 3.44 → 200, attaching (attaching), attaching (attaching)',
    'destination POST P/attachments/New1/action os-complete 3.44 → 204, in-use (attached), attaching (attaching)',
    'destination POST P/attachments/New2/action os-complete 3.44 → 204, in-use (attached), in-use (attached)',
  ]);
  expect(confirm.trace()).toEqual([]);
  expect(inBetween).toEqual([[], []]);
  expect(refreshed).toMatchObject(kept.map(({ volume, server }) => ({ driverVolumeType: 'iscsi', volumeId: volume, instance: server })));
  await expectOn('destination', kept, [ATTACHED]);
});

it('a resize is reverted: the destination leaves as the source did, and the source is come back to', async () => {
  const devices = await resizable();
  const resize = new UserRequest(world, { volumes: {} });
  const moved = await leave(resize.compute('source'), devices);
  await arrive(resize.compute('destination'), moved);
  const revert = new UserRequest(world, { volumes: { V: devices[0].volume } });

  const back = await leave(revert.compute('destination'), moved);
  await arrive(revert.compute('source'), back);

  expect(revert.trace({ ...ids(moved, 'Old'), ...ids(back, 'New') })).toEqual([
    'destination GET / → 300, in-use (attached)',
    'destination POST P/attachments 3.44 → 200, in-use (attached + reserved)',
    'destination DELETE P/attachments/Old1 3.44 → 200, reserved (reserved)',
    'destination GET / → 300, reserved (reserved)',
    'destination POST P/attachments 3.44 → 200, reserved (reserved)',
    'destination DELETE P/attachments/Old2 3.44 → 200, reserved (reserved)',
    'source PUT P/attachments/New1 3.44 → 200, attaching (attaching)',
    'source PUT P/attachments/New2 3.44 → 200, attaching (attaching)',
    'source GET P/attachments/New1 3.44 → 200, attaching (attaching)',
    'source GET P/attachments/New2 3.44 → 200, attaching (attaching)',
    'source POST P/attachments/New1/action os-complete 3.44 → 204, in-use (attached)',
    'source POST P/attachments/New2/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  await expectOn('source', back, [ATTACHED, ATTACHED]);
});
