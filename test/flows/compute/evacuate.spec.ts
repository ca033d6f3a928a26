import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, connect } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import { ATTACHED, keepStatuses, statusesOf } from './volume-statuses';

let world: World;
beforeAll(async () => {
  world = await startGuardedWorld();
  await keepStatuses(world);
}, 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

it.each(ENDPOINTS)('a server whose host is lost is built anew on another, with the endpoint %s', async (endpoint) => {
  const device = await attachedDevice(world, { host: 'lost' });
  const { volume, server, attachment: old } = device;
  const evacuate = new UserRequest(world, { endpoint, volumes: { V: volume } });
  const destination = evacuate.compute('destination');

  const { id } = await destination.attachmentCreate(volume, server);
  await destination.getForConnection(volume);
  await destination.attachmentDelete(old);
  const afterDelete = hostsOf(world, volume);
  const connectionInfo = await connect(destination, { ...device, attachment: id });

  expect(evacuate.trace({ Old: old, New: id })).toEqual([
    'destination GET / → 300, in-use (attached)',
    'destination POST P/attachments 3.44 → 200, in-use (attached + reserved)',
    'destination GET / → 300, in-use (attached + reserved)',
    'destination GET P/volumes/V 3.69 → 200, in-use (attached + reserved)',
    'destination DELETE P/attachments/Old 3.44 → 200, reserved (reserved)',
    'destination GET / → 300, reserved (reserved)',
    'destination GET P/volumes/V 3.69 → 200, reserved (reserved)',
    'destination PUT P/attachments/New 3.44 → 200, attaching (attaching)',
    'destination POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', instance: server, volumeId: volume });
  expect(afterDelete).toEqual([]);
  expect(hostsOf(world, volume)).toEqual(['destination']);
  expect(world.ledger.overlaps.filter((overlap) => overlap.volume === volume)).toEqual([]);
  expect(await rowsOf(world, volume)).toMatchObject([{ id, instance_uuid: server, attached_host: 'destination' }]);
  expect(await statusesOf(world, volume)).toEqual([...ATTACHED, ...ATTACHED]);
});

it('an evacuation that fails before it connects leaves the reservation that the server needs for the next attempt', async () => {
  const device = await attachedDevice(world, { host: 'lost' });
  const { volume, server } = device;
  const first = new UserRequest(world, { volumes: { V: volume } });
  const reserved = await first.compute('first').attachmentCreate(volume, server);
  await first.compute('first').attachmentDelete(device.attachment);

  const again = new UserRequest(world, { volumes: { V: volume } });
  const { id } = await again.compute('second').attachmentCreate(volume, server);
  await again.compute('second').attachmentDelete(reserved.id);
  await connect(again.compute('second'), { ...device, attachment: id });

  expect(again.trace({ Old: reserved.id, New: id }).filter((line) => !line.includes('GET'))).toEqual([
    'second POST P/attachments 3.44 → 200, reserved (reserved + reserved)',
    'second DELETE P/attachments/Old 3.44 → 200, reserved (reserved)',
    'second PUT P/attachments/New 3.44 → 200, attaching (attaching)',
    'second POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(hostsOf(world, volume)).toEqual(['second']);
  expect(await statusesOf(world, volume)).not.toContain('available');
});
