import { randomUUID } from 'node:crypto';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { asked, hostsOf, rowsOf } from '../../contract/calls';
import { connect, update } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';

/** What Nova takes back when an attach or a boot has failed, and what it sends again. */
let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
beforeEach(() => (world.driver.faults = {}));
afterEach(() => world.settled());
afterAll(() => world.stop());

/** A volume that is reserved for a server. */
async function reserved(endpoint?: string) {
  const [volume, server] = [await world.volume(), randomUUID()];
  const { id } = await new UserRequest(world, { volumes: {} }).conductor.attachmentCreate(volume, server);
  const attach = new UserRequest(world, { endpoint, volumes: { V: volume } });
  return { volume, server, attach, compute: attach.compute(), device: { server, volume, attachment: id, mountpoint: '/dev/vdb' } };
}

async function expectFree(volume: string): Promise<void> {
  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(hostsOf(world, volume)).toEqual([]);
  expect(world.ledger.exports).not.toContain(volume);
}

it.each(ENDPOINTS)('an update that fails five times is taken back, with the endpoint %s', async (endpoint) => {
  const { volume, attach, compute, device } = await reserved(endpoint);
  world.driver.faults = { failOn: { initializeConnection: 'kaboom' } };

  const failed = connect(compute, device);
  await expect(failed).rejects.toMatchObject({
    exception: 'ClientException',
    code: 500,
    message: expect.stringContaining('kaboom') as string,
  });
  await compute.attachmentDelete(device.attachment);

  expect(attach.trace({ A: device.attachment })).toEqual([
    'compute GET / → 300, reserved (reserved)',
    'compute GET P/volumes/V 3.69 → 200, reserved (reserved)',
    ...Array<string>(5).fill('compute PUT P/attachments/A 3.44 → 500, reserved (reserved)'),
    'compute DELETE P/attachments/A 3.44 → 200, available',
  ]);
  expect(asked(world, volume, 'initializeConnection')).toBe(5);
  await expectFree(volume);
});

it('an update that fails twice succeeds at the third attempt, and the server is none the wiser', async () => {
  const { volume, attach, compute, device } = await reserved();
  world.driver.faults = { failOn: { initializeConnection: { message: 'kaboom', times: 2 } } };

  const connectionInfo = await connect(compute, device);

  expect(attach.trace({ A: device.attachment }).slice(2)).toEqual([
    ...Array<string>(2).fill('compute PUT P/attachments/A 3.44 → 500, reserved (reserved)'),
    'compute PUT P/attachments/A 3.44 → 200, attaching (attaching)',
    'compute POST P/attachments/A/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(connectionInfo.driverVolumeType).toBe('iscsi');
  expect(hostsOf(world, volume)).toEqual(['compute']);
});

it('a connector that is refused is not sent again', async () => {
  const { volume, attach, compute, device } = await reserved();
  const { attachment } = device;

  await expect(compute.attachmentUpdate(attachment, { host: 'compute', mountpoint: '/dev/vdb' })).rejects.toMatchObject({
    exception: 'InvalidInput',
    message: expect.stringContaining('initiator') as string,
  });
  await compute.attachmentDelete(attachment);

  expect(attach.trace({ A: attachment })).toEqual([
    'compute PUT P/attachments/A 3.44 → 400, reserved (reserved)',
    'compute DELETE P/attachments/A 3.44 → 200, available',
  ]);
  await expectFree(volume);
});

it('where the hypervisor does not attach, the attachment is deleted twice, by the device and by its manager', async () => {
  const { volume, attach, compute, device } = await reserved();

  await compute.getForConnection(volume);
  await update(compute, device);
  await compute.attachmentDelete(device.attachment);
  await compute.attachmentDelete(device.attachment);

  expect(attach.trace({ A: device.attachment }).slice(2)).toEqual([
    'compute PUT P/attachments/A 3.44 → 200, attaching (attaching)',
    'compute DELETE P/attachments/A 3.44 → 200, available',
    'compute DELETE P/attachments/A 3.44 → 404, available',
  ]);
  await expectFree(volume);
});

it('where the attach is not completed, which is not tried again, the attachment is deleted likewise', async () => {
  const { volume, attach, compute, device } = await reserved();
  await world.query(`alter table attachments add constraint none_completes check (attach_status <> 'attached') not valid`);

  await expect(connect(compute, device)).rejects.toMatchObject({ exception: 'ClientException', code: 500 });
  await world.query('alter table attachments drop constraint none_completes');
  await compute.attachmentDelete(device.attachment);
  await compute.attachmentDelete(device.attachment);

  expect(attach.trace({ A: device.attachment }).slice(2)).toEqual([
    'compute PUT P/attachments/A 3.44 → 200, attaching (attaching)',
    'compute POST P/attachments/A/action os-complete 3.44 → 500, attaching (attaching)',
    'compute DELETE P/attachments/A 3.44 → 200, available',
    'compute DELETE P/attachments/A 3.44 → 404, available',
  ]);
  await expectFree(volume);
});

it('a boot that fails on one host is tried on another', async () => {
  const { volume, attach, compute, server, device } = await reserved();
  const [old, conductor, next] = [device.attachment, attach.conductor, attach.compute('next')];

  await connect(compute, device);
  await compute.attachmentDelete(old);
  await expect(conductor.attachmentGet(old)).rejects.toMatchObject({ exception: 'VolumeAttachmentNotFound', code: 404 });
  const { id } = await conductor.attachmentCreate(volume, server);
  await connect(next, { ...device, attachment: id });

  expect(attach.trace({ Old: old, New: id }).slice(3)).toEqual([
    'compute POST P/attachments/Old/action os-complete 3.44 → 204, in-use (attached)',
    'compute DELETE P/attachments/Old 3.44 → 200, available',
    'conductor GET P/attachments/Old 3.44 → 404, available',
    'conductor GET / → 300, available',
    'conductor POST P/attachments 3.44 → 200, reserved (reserved)',
    'next GET / → 300, reserved (reserved)',
    'next GET P/volumes/V 3.69 → 200, reserved (reserved)',
    'next PUT P/attachments/New 3.44 → 200, attaching (attaching)',
    'next POST P/attachments/New/action os-complete 3.44 → 204, in-use (attached)',
  ]);
  expect(hostsOf(world, volume)).toEqual(['next']);
  expect(world.ledger.overlaps).toEqual([]);
});
