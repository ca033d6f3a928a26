import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';
import { actOnVolume, rowsOf, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const INSTANCE = randomUUID();
const attach = (volume: string) => actOnVolume(world, volume, 'os-attach', { instance_uuid: INSTANCE, mountpoint: '/dev/vdc' });
const byAdmin = () => ({ 'X-Auth-Token': world.admin });

it('case 215: an administrator detaches by force what is in error', async () => {
  const volume = await world.volume();
  await attach(volume);
  const [row] = await rowsOf(world, volume);
  await volumeIs(world, volume, { status: 'error' });

  const answer = await actOnVolume(world, volume, 'os-force_detach', { connector: null, attachment_id: row?.id }, byAdmin());

  expect(answer).toMatchObject({ status: 202, text: '' });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(await rowsOf(world, volume)).toEqual([]);
});

it.each(['os-force_detach', 'os-reset_status', 'os-force_delete', 'os-migrate_volume_completion'])(
  'case 214: %s is for administrators',
  async (name) => {
    const answer = await actOnVolume(world, await world.volume(), name);

    const rule = `volume_extension:volume_admin_actions:${name.replace('os-', '')}`;
    expect(answer).toMatchObject({ status: 403, body: { forbidden: { message: `Policy doesn't allow ${rule} to be performed.` } } });
  },
);

it('a swap that compute has not carried out itself moves the attachments to the new volume', async () => {
  const [old, fresh] = [await world.volume(), await world.volume()];
  await attach(old);

  const answer = await actOnVolume(world, old, 'os-migrate_volume_completion', { new_volume: fresh, error: false }, byAdmin());

  expect(answer).toMatchObject({ status: 200, body: { save_volume_id: fresh } });
  expect([await world.st(old), await world.st(fresh)]).toEqual([
    ['available', 'detached'],
    ['in-use', 'attached'],
  ]);
  expect((await world.request('GET', `/v3/volumes/${fresh}`)).body.volume.attachments).toMatchObject([
    { server_id: INSTANCE, device: '/dev/vdc' },
  ]);
});

it.each([
  [null, 'migrating', 'Invalid volume: Source volume not mid-migration.'],
  ['migrating', null, 'Invalid volume: Destination volume not mid-migration.'],
  ['migrating', 'target:x', /^Invalid volume: Destination has migration_status target:x, expected target:[0-9a-f-]{36}\.$/],
])('a migration from %s to %s is not completed', async (source, destination, text) => {
  const [old, fresh] = [await world.volume(), await world.volume()];
  await volumeIs(world, old, { migration_status: source });
  await volumeIs(world, fresh, { migration_status: destination });

  const answer = await actOnVolume(world, old, 'os-migrate_volume_completion', { new_volume: fresh }, byAdmin());

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toMatch(text);
});
