import { startWorld, type World } from '../../support/world';
import { volumeIs } from '../../contract/calls';
import { update } from './block-device';
import { ENDPOINTS, UserRequest } from './nova';
import { reserveAnother, swap } from './swap';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterEach(() => world.settled());
afterAll(() => world.stop());

/** A swap that block storage itself has asked for, to move a volume that is in use. */
async function migrating(endpoint?: string) {
  const begun = await swap(world, endpoint);
  await volumeIs(world, begun.old.volume, { migration_status: 'migrating', previous_status: 'in-use' });
  await volumeIs(world, begun.volume, { migration_status: `target:${begun.old.volume}` });
  return begun;
}

it.each(ENDPOINTS)(
  'Nova says when a volume that migrates is changed over, and hears which id stays, with the endpoint %s',
  async (endpoint) => {
    const { old, volume, request, compute } = await migrating(endpoint);

    const device = await reserveAnother(request, old, volume);
    const before = await compute.get(old.volume);
    await compute.get(volume);
    await update(compute, device);
    await compute.attachmentComplete(device.attachment);
    await compute.attachmentDelete(old.attachment);
    const saved = await compute.migrateVolumeCompletion(old.volume, volume);

    expect(before).toMatchObject({ status: 'in-use', migrationStatus: 'migrating' });
    expect(request.trace({ OldA: old.attachment, NewA: device.attachment })).toEqual([
      'api GET P/volumes/Old → 200, in-use (attached), available',
      'api GET P/volumes/New → 200, in-use (attached), available',
      'api POST P/volumes/Old/action os-begin_detaching → 202, in-use (attached), available',
      'api GET / → 300, in-use (attached), available',
      'api POST P/attachments 3.44 → 200, in-use (attached), reserved (reserved)',
      'compute GET P/volumes/Old → 200, in-use (attached), reserved (reserved)',
      'compute GET P/volumes/New → 200, in-use (attached), reserved (reserved)',
      'compute PUT P/attachments/NewA 3.44 → 200, in-use (attached), attaching (attaching)',
      'compute POST P/attachments/NewA/action os-complete 3.44 → 204, in-use (attached), in-use (attached)',
      'compute DELETE P/attachments/OldA 3.44 → 200, in-use, in-use (attached)',
      expect.stringMatching(/^compute POST P\/volumes\/Old\/action os-migrate_volume_completion → 200, /),
    ]);
    expect(saved).toBe(old.volume);
    await expectOnlyOne(saved, device.attachment, old.server);
  },
);

/** What Nova goes on with: the volume of that id is in use by the server, through the new attachment. */
async function expectOnlyOne(saved: string, attachment: string, server: string): Promise<void> {
  const look = new UserRequest(world, { token: world.admin, volumes: {} });
  const { status, attachments } = await look.api.get(saved);
  const { connectionInfo } = await look.compute().attachmentGet(attachment);

  expect([status, attachments[server]?.attachmentId]).toEqual(['in-use', attachment]);
  expect(connectionInfo).toMatchObject({ driverVolumeType: 'iscsi', instance: server });
  expect(world.ledger.connections.filter((connection) => connection.attachment === attachment).map(({ host }) => host)).toEqual([
    'compute',
  ]);
}
