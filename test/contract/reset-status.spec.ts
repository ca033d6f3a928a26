import { until } from '../support/until';
import { startWorld, type World } from '../support/world';
import { actOnVolume, asked, hostsOf, pending, refusal, rowsOf, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const reset = (volume: string, said: unknown) => actOnVolume(world, volume, 'os-reset_status', said, { 'X-Auth-Token': world.admin });

it('case 216: detached takes every attachment away', async () => {
  const { id, volume } = await world.reservedAttachment();

  expect(await reset(volume, { attach_status: 'detached' })).toMatchObject({ status: 202, text: '' });

  expect(await rowsOf(world, volume)).toEqual([]);
  expect(await world.attachmentRow(id)).toMatchObject({ deleted: true, attach_status: 'detached' });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('what was connected for them is ended at the backend too', async () => {
  const { volume } = await world.attachedAttachment();

  expect((await reset(volume, { status: 'error', attach_status: 'detached' })).status).toBe(202);

  expect(await world.st(volume)).toEqual(['available', 'detached']);
  await world.settled();
  expect(hostsOf(world, volume)).toEqual([]);
});

it('an attachment that is being connected is taken away with what it reaches', async () => {
  const { id, volume } = await world.reservedAttachment();
  world.driver.faults = { latencyMs: { initializeConnection: 500 } };
  const updating = pending(world.request('PUT', `/v3/attachments/${id}`, { attachment: { connector: { host: 'h', initiator: 'i' } } }));
  await until('the driver is asked', () => asked(world, volume, 'initializeConnection') > 0);

  expect((await reset(volume, { attach_status: 'detached' })).status).toBe(202);
  world.driver.faults = {};

  expect((await updating).status).toBe(404);
  await world.settled();
  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('case 217: a volume without attachments is not in use', async () => {
  expect(await reset(await world.volume(), { status: 'in-use' })).toMatchObject(
    refusal('Cannot reset-state to in-use because volume does not have any attachments.'),
  );
});

it.each([
  [{ status: 'bogus' }, /^Volume status: bogus is invalid, valid statuses are: \('creating', 'available', .*, 'extending'\)\.$/],
  [{}, /^Must specify 'status', 'attach_status' or 'migration_status' for update\.$/],
  [{ status: 'deleting' }, /^Cannot reset-state to deleting$/],
  [{ attach_status: 'reserved' }, /^Volume attach status: reserved is invalid, valid statuses are: \['attached', 'detached'\]\.$/],
  [{ migration_status: 'x' }, /^Volume migration status: x is invalid, valid statuses are: \('migrating', /],
  [{ state: 'x' }, /Additional properties are not allowed \('state' was unexpected\)/],
])('case 218: a reset to %j is refused', async (said, text) => {
  const answer = await reset(await world.volume(), said);

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toMatch(text);
});

it('a status alone changes that column, whatever its case, and attachments stay', async () => {
  const { volume } = await world.attachedAttachment();

  expect((await reset(volume, { status: 'ERROR' })).status).toBe(202);

  expect(await world.st(volume)).toEqual(['error', 'attached']);
  expect(await rowsOf(world, volume)).toHaveLength(1);
  expect((await reset(volume, { status: 'in-use' })).status).toBe(202);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('a status alone takes no attachment away, also where the volume counts as detached', async () => {
  const { id, volume } = await world.reservedAttachment();

  expect((await reset(volume, { status: 'available' })).status).toBe(202);
  expect((await reset(volume, { migration_status: 'none' })).status).toBe(202);

  expect(await world.attachmentRow(id)).toMatchObject({ deleted: false, attach_status: 'reserved' });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('without attachments what was asked for stays', async () => {
  const volume = await world.volume();

  expect((await reset(volume, { status: 'error', attach_status: 'attached' })).status).toBe(202);
  expect(await world.st(volume)).toEqual(['error', 'attached']);
  expect((await reset(volume, { status: 'maintenance', attach_status: 'detached' })).status).toBe(202);
  expect(await world.st(volume)).toEqual(['maintenance', 'detached']);
});

it('a migration status comes and goes', async () => {
  const volume = await world.volume();

  await reset(volume, { migration_status: 'migrating' });
  expect((await world.volumeRow(volume)).migration_status).toBe('migrating');
  await reset(volume, { migration_status: 'none' });
  expect((await world.volumeRow(volume)).migration_status).toBeNull();
});

it('an upload keeps its status when the attachments go', async () => {
  const { volume } = await world.reservedAttachment();
  await volumeIs(world, volume, { status: 'uploading' });

  await reset(volume, { attach_status: 'detached' });

  expect(await world.st(volume)).toEqual(['uploading', 'detached']);
});
