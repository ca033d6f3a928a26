import { randomUUID } from 'node:crypto';
import { until } from '../../support/until';
import type { World } from '../../support/world';
import { startGuardedWorld } from './guarded-world';
import { hostsOf, rowsOf } from '../../contract/calls';
import { connect } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';

let world: World;
beforeAll(async () => (world = await startGuardedWorld()), 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

describe.each(ENDPOINTS)('with the endpoint %s', (endpoint) => {
  it('a server boots from a volume', async () => {
    const volume = await world.volume();
    const server = randomUUID();
    const boot = new UserRequest(world, { endpoint, volumes: { V: volume } });

    await boot.api.get(volume);
    const seen = await boot.api.get(volume);
    const { id } = await boot.api.attachmentCreate(volume, server);
    const connectionInfo = await connect(boot.compute(), { volume, attachment: id, mountpoint: '/dev/vda' });

    expect(seen).toMatchObject({ status: 'available', size: 1, multiattach: false, bootable: false, attachStatus: 'detached' });
    expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', status: 'attaching', instance: server, volumeId: volume });
    expect(connectionInfo.data).toMatchObject({ access_mode: 'rw', encrypted: false, qos_specs: null });
    expect(boot.trace({ A: id })).toEqual([
      'api GET P/volumes/V → 200, available',
      'api GET P/volumes/V → 200, available',
      'api GET / → 300, available',
      'api POST P/attachments 3.44 → 200, reserved (reserved)',
      'compute GET / → 300, reserved (reserved)',
      'compute GET P/volumes/V 3.69 → 200, reserved (reserved)',
      'compute PUT P/attachments/A 3.44 → 200, attaching (attaching)',
      'compute POST P/attachments/A/action os-complete 3.44 → 204, in-use (attached)',
    ]);
    expect(await rowsOf(world, volume)).toMatchObject([{ id, instance_uuid: server, attached_host: 'compute', mountpoint: '/dev/vda' }]);
    expect(hostsOf(world, volume)).toEqual(['compute']);
  });

  it('a volume is attached to a running server', async () => {
    const volume = await world.volume();
    const server = randomUUID();
    const attach = new UserRequest(world, { endpoint, volumes: { V: volume } });

    await attach.api.get(volume);
    const { id } = await attach.conductor.attachmentCreate(volume, server);
    await connect(attach.compute(), { volume, attachment: id, mountpoint: '/dev/vdb' });
    const { attachments } = await attach.api.get(volume);

    expect(attachments).toEqual({ [server]: { attachmentId: id, mountpoint: '/dev/vdb' } });
    expect(attach.trace({ A: id })).toEqual([
      'api GET P/volumes/V → 200, available',
      'conductor GET / → 300, available',
      'conductor POST P/attachments 3.44 → 200, reserved (reserved)',
      'compute GET / → 300, reserved (reserved)',
      'compute GET P/volumes/V 3.69 → 200, reserved (reserved)',
      'compute PUT P/attachments/A 3.44 → 200, attaching (attaching)',
      'compute POST P/attachments/A/action os-complete 3.44 → 204, in-use (attached)',
      'api GET P/volumes/V → 200, in-use (attached)',
    ]);
    expect(hostsOf(world, volume)).toEqual(['compute']);
  });

  it('a server boots from a volume that is made for it', async () => {
    const boot = new UserRequest(world, { endpoint, volumes: {} });
    const compute = boot.compute();

    const made = await compute.create(1);
    const ready = await until('the volume is available', async () => {
      const { status } = await compute.get(made.id);
      return status === 'available' && status;
    });
    const polls = boot.trace({ V: made.id });
    const { id } = await compute.attachmentCreate(made.id, randomUUID());
    const connectionInfo = await connect(compute, { volume: made.id, attachment: id, mountpoint: '/dev/vda' });

    expect([made.status, ready]).toEqual(['creating', 'available']);
    expect(new Set(polls)).toEqual(new Set(['compute POST P/volumes → 202', 'compute GET P/volumes/V → 200']));
    expect(boot.trace({ A: id, V: made.id }).slice(polls.length)).toEqual([
      'compute GET / → 300',
      'compute POST P/attachments 3.44 → 200',
      'compute GET / → 300',
      'compute GET P/volumes/V 3.69 → 200',
      'compute PUT P/attachments/A 3.44 → 200',
      'compute POST P/attachments/A/action os-complete 3.44 → 204',
    ]);
    expect(connectionInfo.volumeId).toBe(made.id);
    expect(await world.st(made.id)).toEqual(['in-use', 'attached']);
    expect(hostsOf(world, made.id)).toEqual(['compute']);
  });
});

it('compute hears whether the targets of a volume are shared, and who only looks does not', async () => {
  const volume = await world.volume();
  const look = new UserRequest(world, { volumes: {} });

  const [connecting, older, looking] = [
    await look.compute().getForConnection(volume),
    await look.compute().get(volume, '3.48'),
    await look.api.get(volume),
  ];

  expect([connecting.targets, older.targets]).toEqual(Array(2).fill({ sharedTargets: true, serviceUuid: null }));
  expect(looking.targets).toBeUndefined();
});

it('a user hears why a volume of another server is not to be had', async () => {
  const volume = await world.volume();
  const first = new UserRequest(world, { volumes: {} });
  const { id } = await first.api.attachmentCreate(volume, randomUUID());
  const attach = new UserRequest(world, { volumes: { V: volume } });

  await attach.api.get(volume);
  const refused = attach.conductor.attachmentCreate(volume, randomUUID());

  await expect(refused).rejects.toMatchObject({
    exception: 'InvalidInput',
    code: 400,
    message: `Invalid volume: Volume ${volume} status must be available or downloading to reserve, but the current status is reserved.`,
  });
  expect(attach.trace()).toEqual([
    'api GET P/volumes/V → 200, reserved (reserved)',
    'conductor GET / → 300, reserved (reserved)',
    'conductor POST P/attachments 3.44 → 400, reserved (reserved)',
  ]);
  expect(await rowsOf(world, volume)).toMatchObject([{ id }]);
});
