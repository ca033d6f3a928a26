import { AttachmentsService } from '@app/attachments';
import { until } from '../../support/until';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { asked, hostsOf, LONG_LEASE, pending, rowsOf } from '../../contract/calls';
import { attachedDevice, connect, connectorOf } from './block-device';
import { UserRequest } from './nova';

/** A backend that is slower than the gateway waits: Nova hears 504, sends the same again at once, and joins what is in flight. */
let world: World;
beforeAll(async () => (world = await startGuardedWorld({ times: LONG_LEASE, gateway: { WAIT_LIMIT_MS: 1500 } })), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterEach(() => world.settled());
afterAll(() => world.stop());

const UNKNOWN_YET = { exception: 'ClientException', code: 504, message: expect.stringContaining('The operation goes on') as string };
const goOn = () => (world.driver.faults = {});

async function reserved() {
  const volume = await world.volume();
  const attach = new UserRequest(world, { volumes: { V: volume } });
  const { id } = await attach.conductor.attachmentCreate(volume, '0d6fb8c6-7a9c-4f0a-8f0f-3a1f6a1b7f10');
  return { volume, attach, compute: attach.compute(), device: { volume, attachment: id, mountpoint: '/dev/vdb' } };
}

/** Counts the requests that have come so far as to find what is in flight: from the third on, that may end. */
function arrivals(verb: 'beginAttach' | 'beginDetach') {
  const begun = jest.spyOn(world.gateway.app.get(AttachmentsService), verb);
  return async (nth: number): Promise<void> => {
    await until(`request ${nth} has come`, () => begun.mock.results.length >= nth);
    await begun.mock.results[nth - 1]?.value;
    begun.mockRestore();
  };
}

it('an update that outlives two waits is one attach, and the third request has its answer', async () => {
  const { volume, attach, compute, device } = await reserved();
  world.driver.faults = { hangOn: ['initializeConnection'] };
  const arrived = arrivals('beginAttach');

  const connecting = pending(connect(compute, device));
  await arrived(3);
  goOn();
  const connectionInfo = await connecting;

  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', status: 'attaching', volumeId: volume });
  expect(attach.trace({ A: device.attachment }).slice(4)).toEqual([
    ...Array<string>(2).fill('compute PUT P/attachments/A 3.44 → 504, reserved (reserved)'),
    'compute PUT P/attachments/A 3.44 → 200, attaching (attaching)',
    'compute POST P/attachments/A/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(asked(world, volume, 'initializeConnection')).toBe(1);
  expect(hostsOf(world, volume)).toEqual(['compute']);
});

it('after five waits Nova takes the attach back, and its delete goes before what the backend is still at', async () => {
  const { volume, attach, compute, device } = await reserved();
  world.driver.faults = { hangOn: ['initializeConnection'] };

  await expect(connect(compute, device)).rejects.toMatchObject(UNKNOWN_YET);
  const deleting = pending(compute.attachmentDelete(device.attachment));
  await until('the delete is promised', async () => (await world.unfinished()).some(({ kind }) => kind === 'detach'));
  goOn();
  await deleting;

  const [updates, deletes] = [attach.trace({ A: device.attachment }).slice(4, 9), attach.trace({ A: device.attachment }).slice(9)];
  expect(updates).toEqual(Array<string>(5).fill('compute PUT P/attachments/A 3.44 → 504, reserved (reserved)'));
  expect(deletes.at(-1)).toBe('compute DELETE P/attachments/A 3.44 → 200, available');
  expect(deletes.slice(0, -1).every((line) => line.includes('DELETE P/attachments/A 3.44 → 504'))).toBe(true);
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('a delete that outlives two waits is one detach, and the third request has its answer', async () => {
  const { volume, attachment } = await attachedDevice(world);
  const detach = new UserRequest(world, { volumes: { V: volume } });
  world.driver.faults = { hangOn: ['terminateConnection'] };
  const arrived = arrivals('beginDetach');

  await detach.api.beginDetaching(volume);
  const deleting = pending(detach.compute().attachmentDelete(attachment));
  await arrived(3);
  goOn();
  await deleting;

  expect(detach.trace({ A: attachment }).slice(1)).toEqual([
    ...Array<string>(2).fill('compute DELETE P/attachments/A 3.44 → 504, detaching (attached)'),
    'compute DELETE P/attachments/A 3.44 → 200, available',
  ]);
  expect(asked(world, volume, 'terminateConnection')).toBe(1);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('a delete that was carried out after its last 504 is gone for the next one, which Nova takes for success', async () => {
  const { volume, attachment } = await attachedDevice(world);
  const remove = new UserRequest(world, { volumes: { V: volume } });
  world.driver.faults = { hangOn: ['terminateConnection'] };

  await expect(remove.compute().attachmentDelete(attachment)).rejects.toMatchObject(UNKNOWN_YET);
  goOn();
  await until('the volume is available', async () => (await world.volumeRow(volume)).status === 'available');
  await remove.compute().attachmentDelete(attachment);

  expect(remove.trace({ A: attachment })).toEqual([
    ...Array<string>(5).fill('compute DELETE P/attachments/A 3.44 → 504, in-use (attached)'),
    'compute DELETE P/attachments/A 3.44 → 404, available',
  ]);
  expect(asked(world, volume, 'terminateConnection')).toBe(1);
});

it('a live migration whose destination is connected too late fails once, and leaves the source alone', async () => {
  const device = await attachedDevice(world, { host: 'source' });
  const { volume, server, mountpoint } = device;
  const migrate = new UserRequest(world, { volumes: { V: volume } });
  world.driver.faults = { hangAfter: ['initializeConnection'] };

  const created = migrate.compute('destination').attachmentCreate(volume, server, connectorOf('destination', mountpoint));
  await expect(created).rejects.toMatchObject({ exception: 'ClientException', code: 500 });
  goOn();
  await until('only the source is connected', () => hostsOf(world, volume).join() === 'source');
  await world.settled();

  expect(migrate.trace().map((line) => line.split(',')[0])).toEqual([
    'destination GET / → 300',
    'destination POST P/attachments with connector 3.44 → 500',
  ]);
  expect(await rowsOf(world, volume)).toMatchObject([{ id: device.attachment, attach_status: 'attached', attached_host: 'source' }]);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});
