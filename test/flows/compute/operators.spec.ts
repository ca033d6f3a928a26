import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice, update } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';

/** What operators' commands and events send, beside the requests of users. */
let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

it.each(ENDPOINTS)('the connection of a stopped server is made anew, with the endpoint %s', async (endpoint) => {
  const device = await attachedDevice(world);
  const { volume, server, attachment: old } = device;
  const refresh = new UserRequest(world, { endpoint, volumes: { V: volume } });
  const manage = refresh.compute();

  const { id } = await manage.attachmentCreate(volume, server);
  await manage.attachmentDelete(old);
  const connectionInfo = await update(manage, { ...device, attachment: id });
  await manage.attachmentComplete(id);

  expect(refresh.trace({ Old: old, New: id })).toEqual([
    'compute GET / → 300, in-use (attached)',
    'compute POST P/attachments 3.44 → 200, in-use (attached + reserved)',
    'compute DELETE P/attachments/Old 3.44 → 200, reserved (reserved)',
    'compute PUT P/attachments/New 3.44 → 200, attaching (attaching)',
    'compute POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', instance: server, volumeId: volume });
  expect(await rowsOf(world, volume)).toMatchObject([{ id, attached_host: 'compute' }]);
  expect(hostsOf(world, volume)).toEqual(['compute']);
});

it('an upgrade check finds a server that is new enough', async () => {
  const check = new UserRequest(world, { volumes: {} });

  expect(await check.api.serves('3.44')).toBe(true);
  expect(check.trace()).toEqual(['api GET / → 300']);
});
