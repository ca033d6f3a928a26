import { randomUUID } from 'node:crypto';
import { until } from '../../support/until';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { asked, hostsOf, rowsOf } from '../../contract/calls';
import { attachedDevice } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';

let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

describe.each(ENDPOINTS)('with the endpoint %s', (endpoint) => {
  it('a volume is detached from a running server', async () => {
    const { volume, server, attachment } = await attachedDevice(world);
    const detach = new UserRequest(world, { endpoint, volumes: { V: volume } });

    const { attachments } = await detach.api.get(volume);
    await detach.api.beginDetaching(volume);
    const locked = await detach.compute().getForConnection(volume);
    await detach.compute().attachmentDelete(attachment);

    expect(attachments[server]?.attachmentId).toBe(attachment);
    expect(locked).toMatchObject({ status: 'detaching', attachStatus: 'attached', targets: { sharedTargets: true } });
    expect(detach.trace({ A: attachment })).toEqual([
      'api GET P/volumes/V → 200, in-use (attached)',
      'api POST P/volumes/V/action os-begin_detaching → 202, detaching (attached)',
      'compute GET / → 300, detaching (attached)',
      'compute GET P/volumes/V 3.69 → 200, detaching (attached)',
      'compute DELETE P/attachments/A 3.44 → 200, available',
    ]);
    expect(hostsOf(world, volume)).toEqual([]);
    expect(world.ledger.exports).not.toContain(volume);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
  });

  it('a server is deleted: of its two volumes the one that is to end with it does', async () => {
    const server = randomUUID();
    const root = await attachedDevice(world, { server, mountpoint: '/dev/vda' });
    const data = await attachedDevice(world, { server });
    const remove = new UserRequest(world, { endpoint, volumes: { R: root.volume, D: data.volume } });

    await remove.compute().attachmentDelete(root.attachment);
    await remove.compute().attachmentDelete(data.attachment);
    await remove.compute().delete(root.volume);

    expect(remove.trace({ A: root.attachment, B: data.attachment })).toEqual([
      'compute DELETE P/attachments/A 3.44 → 200, available, in-use (attached)',
      'compute DELETE P/attachments/B 3.44 → 200, available, available',
      expect.stringMatching(/^compute DELETE P\/volumes\/R → 202, (deleting|deleted), available$/),
    ]);
    await until('the root volume is gone', async () => (await world.volumeRow(root.volume)).status === 'deleted');
    await expect(remove.api.get(root.volume)).rejects.toMatchObject({ exception: 'VolumeNotFound', code: 404 });
    expect(await remove.api.get(data.volume)).toMatchObject({ status: 'available', attachStatus: 'detached' });
    expect([...hostsOf(world, root.volume), ...hostsOf(world, data.volume)]).toEqual([]);
  });
});

it('what is not in use is not detached, and the user hears so', async () => {
  const volume = await world.volume();
  const detach = new UserRequest(world, { volumes: { V: volume } });

  await expect(detach.api.beginDetaching(volume)).rejects.toMatchObject({
    exception: 'InvalidInput',
    message: expect.stringContaining('Unable to detach volume.') as string,
  });
  expect(detach.trace()).toEqual(['api POST P/volumes/V/action os-begin_detaching → 400, available']);
});

it('where the hypervisor does not let go of a volume, detaching is rolled back', async () => {
  const { volume, server, attachment } = await attachedDevice(world);
  const detach = new UserRequest(world, { volumes: { V: volume } });

  await detach.api.get(volume);
  await detach.api.beginDetaching(volume);
  await detach.compute().getForConnection(volume);
  await detach.compute().rollDetaching(volume);

  expect(detach.trace()).toEqual([
    'api GET P/volumes/V → 200, in-use (attached)',
    'api POST P/volumes/V/action os-begin_detaching → 202, detaching (attached)',
    'compute GET / → 300, detaching (attached)',
    'compute GET P/volumes/V 3.69 → 200, detaching (attached)',
    'compute POST P/volumes/V/action os-roll_detaching → 202, in-use (attached)',
  ]);
  expect(await rowsOf(world, volume)).toMatchObject([{ id: attachment, instance_uuid: server, attach_status: 'attached' }]);
  expect(hostsOf(world, volume)).toEqual(['compute']);
  expect(asked(world, volume, 'terminateConnection')).toBe(0);
});

it('the volumes of a server whose host is down are detached by the api', async () => {
  const { volume, attachment } = await attachedDevice(world);
  const remove = new UserRequest(world, { volumes: { V: volume } });

  await remove.api.attachmentDelete(attachment);
  await remove.api.delete(volume);

  expect(remove.trace({ A: attachment })).toEqual([
    'api DELETE P/attachments/A 3.44 → 200, available',
    expect.stringMatching(/^api DELETE P\/volumes\/V → 202, (deleting|deleted)$/),
  ]);
  await until('the volume is gone', async () => (await world.volumeRow(volume)).status === 'deleted');
  expect(hostsOf(world, volume)).toEqual([]);
});

it('a server that no host ever had gives its volume back without a word to the driver', async () => {
  const volume = await world.volume();
  const { id } = await new UserRequest(world, { volumes: {} }).api.attachmentCreate(volume, randomUUID());
  const remove = new UserRequest(world, { volumes: { V: volume } });

  await remove.api.attachmentDelete(id);
  await remove.api.attachmentDelete(id);

  expect(remove.trace({ A: id })).toEqual([
    'api DELETE P/attachments/A 3.44 → 200, available',
    'api DELETE P/attachments/A 3.44 → 404, available',
  ]);
  expect(asked(world, volume, 'terminateConnection')).toBe(0);
});
