import { randomUUID } from 'node:crypto';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { asked, hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, update } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import { reserveAnother, swap } from './swap';

let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterEach(() => world.settled());
afterAll(() => world.stop());

const RESERVED = [
  'api GET P/volumes/Old → 200, in-use (attached), available',
  'api GET P/volumes/New → 200, in-use (attached), available',
  'api POST P/volumes/Old/action os-begin_detaching → 202, detaching (attached), available',
  'api GET / → 300, detaching (attached), available',
  'api POST P/attachments 3.44 → 200, detaching (attached), reserved (reserved)',
  'compute GET P/volumes/Old → 200, detaching (attached), reserved (reserved)',
  'compute GET P/volumes/New → 200, detaching (attached), reserved (reserved)',
];

it.each(ENDPOINTS)('a server changes over from one volume to another, with the endpoint %s', async (endpoint) => {
  const { old, volume, request, compute } = await swap(world, endpoint);

  const device = await reserveAnother(request, old, volume);
  const before = await compute.get(old.volume);
  await compute.get(volume);
  const connectionInfo = await update(compute, device);
  const copying = [hostsOf(world, old.volume), hostsOf(world, volume)];
  await compute.attachmentComplete(device.attachment);
  await compute.attachmentDelete(old.attachment);

  expect(before).toMatchObject({ migrationStatus: null, size: 1, status: 'detaching' });
  expect(request.trace({ OldA: old.attachment, NewA: device.attachment })).toEqual([
    ...RESERVED,
    'compute PUT P/attachments/NewA 3.44 → 200, detaching (attached), attaching (attaching)',
    'compute POST P/attachments/NewA/action os-complete 3.44 → 204, detaching (attached), in-use (attached)',
    'compute DELETE P/attachments/OldA 3.44 → 200, available, in-use (attached)',
  ]);
  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', instance: old.server, volumeId: volume });
  expect(copying).toEqual([['compute'], ['compute']]);
  expect([hostsOf(world, old.volume), hostsOf(world, volume)]).toEqual([[], ['compute']]);
  expect(await rowsOf(world, volume)).toMatchObject([{ id: device.attachment, instance_uuid: old.server, attached_host: 'compute' }]);
});

it('where the hypervisor does not change over, the old volume is in use again and the new one is free', async () => {
  const { old, volume, request, compute } = await swap(world);

  const device = await reserveAnother(request, old, volume);
  await compute.get(old.volume);
  await compute.get(volume);
  await update(compute, device);
  await compute.rollDetaching(old.volume);
  await compute.attachmentDelete(device.attachment);

  expect(request.trace({ OldA: old.attachment, NewA: device.attachment })).toEqual([
    ...RESERVED,
    'compute PUT P/attachments/NewA 3.44 → 200, detaching (attached), attaching (attaching)',
    'compute POST P/volumes/Old/action os-roll_detaching → 202, in-use (attached), attaching (attaching)',
    'compute DELETE P/attachments/NewA 3.44 → 200, in-use (attached), available',
  ]);
  expect([hostsOf(world, old.volume), hostsOf(world, volume)]).toEqual([['compute'], []]);
  expect(await rowsOf(world, old.volume)).toMatchObject([{ id: old.attachment, attach_status: 'attached' }]);
});

it('so it is where the backend does not connect the new volume in five attempts', async () => {
  const { old, volume, request, compute } = await swap(world);
  world.driver.faults = { failOn: { initializeConnection: 'kaboom' } };

  const device = await reserveAnother(request, old, volume);
  await compute.get(old.volume);
  await compute.get(volume);
  await expect(update(compute, device)).rejects.toMatchObject({ code: 500 });
  await compute.rollDetaching(old.volume);
  await compute.attachmentDelete(device.attachment);

  expect(request.trace({ OldA: old.attachment, NewA: device.attachment })).toEqual([
    ...RESERVED,
    ...Array<string>(5).fill('compute PUT P/attachments/NewA 3.44 → 500, detaching (attached), reserved (reserved)'),
    'compute POST P/volumes/Old/action os-roll_detaching → 202, in-use (attached), reserved (reserved)',
    'compute DELETE P/attachments/NewA 3.44 → 200, in-use (attached), available',
  ]);
  expect([hostsOf(world, old.volume), hostsOf(world, volume)]).toEqual([['compute'], []]);
  expect(asked(world, volume, 'initializeConnection')).toBe(5);
});

it('a volume that two servers write to is not swapped', async () => {
  const shared = await world.volume({ multiattach: true });
  const [first, second] = [
    await attachedDevice(world, { volume: shared }),
    await attachedDevice(world, { volume: shared, server: randomUUID() }),
  ];
  const volume = await world.volume();
  const request = new UserRequest(world, { token: world.admin, volumes: { Old: shared, New: volume } });
  const { api } = request;

  const { attachments, multiattach } = await api.get(shared);
  await api.get(volume);
  await api.beginDetaching(shared);
  const modes: (string | null)[] = [];
  for (const { attachmentId } of Object.values(attachments)) modes.push((await api.attachmentGet(attachmentId)).attachMode);
  await api.rollDetaching(shared);

  expect([multiattach, modes]).toEqual([true, ['rw', 'rw']]);
  expect(Object.keys(attachments).sort()).toEqual([first.server, second.server].sort());
  expect(
    request
      .trace()
      .slice(2)
      .map((line) => line.replace(/attachments\/\S+/, 'attachments/each')),
  ).toEqual([
    'api POST P/volumes/Old/action os-begin_detaching → 202, detaching (attached + attached), available',
    'api GET P/attachments/each 3.44 → 200, detaching (attached + attached), available',
    'api GET P/attachments/each 3.44 → 200, detaching (attached + attached), available',
    'api POST P/volumes/Old/action os-roll_detaching → 202, in-use (attached + attached), available',
  ]);
  expect(hostsOf(world, shared)).toEqual(['compute', 'compute']);
});
