import { until } from '../support/until';
import { startWorld, type World } from '../support/world';
import { actOnVolume, asked, refusal, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld({ gateway: { MAX_VOLUME_SIZE_GB: 1000 } })), 120_000);
afterEach(() => (world.driver.faults = {}));
afterAll(() => world.stop());

const extend = (volume: string, size: unknown, version = '3.44') =>
  actOnVolume(world, volume, 'os-extend', { new_size: size }, { 'OpenStack-API-Version': `volume ${version}` });
const becomes = (volume: string, status: string) =>
  until(`volume ${volume} is ${status}`, async () => (await world.volumeRow(volume)).status === status);

it('an available volume grows', async () => {
  const volume = await world.volume();
  world.driver.faults = { hangOn: ['extendVolume'] };

  expect(await extend(volume, '3')).toMatchObject({ status: 202, text: '' });
  expect(await world.volumeRow(volume)).toMatchObject({ status: 'extending', size: 1 });
  world.driver.faults = {};

  await becomes(volume, 'available');
  expect(await world.volumeRow(volume)).toMatchObject({ size: 3, previous_status: null });
});

it('a volume in use grows from 3.42 on, and stays in use', async () => {
  const { volume } = await world.attachedAttachment();

  expect(await extend(volume, 2, '3.41')).toMatchObject(
    refusal(`Invalid volume: Volume ${volume} status must be 'available' to extend, currently in-use.`),
  );
  expect((await extend(volume, 2, '3.42')).status).toBe(202);

  await until('it has grown', async () => (await world.volumeRow(volume)).size === 2);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it.each([
  [1, 'Invalid input received: New size for extend must be greater than current size. (current: 1, extended: 1).'],
  [0, 'Invalid input for field/attribute new_size. Value: 0. 0 is less than the minimum of 1'],
  ['2x', "Invalid input for field/attribute new_size. Value: 2x. '2x' does not match '^[0-9]+$'"],
  [null, "Invalid input for field/attribute new_size. Value: None. None is not of type 'integer', 'string'"],
])('a size of %j is refused', async (size, text) => {
  expect(await extend(await world.volume(), size)).toMatchObject(refusal(text));
});

it('no volume grows beyond what its type and the operator allow', async () => {
  const name = 'at most 2';
  const type = { name, extra_specs: { 'provisioning:max_vol_size': '2' } };
  await world.request('POST', '/v3/types', { volume_type: type }, { 'X-Auth-Token': world.admin });
  const made = await world.request('POST', '/v3/volumes', { volume: { size: 1, volume_type: name } });
  const volume = String(made.body.volume.id);
  await becomes(volume, 'available');

  expect(await extend(volume, 3)).toMatchObject(
    refusal(
      `Invalid input received: Specified volume size of '3' is greater than the maximum allowable size of '2' for volume type '${name}'.`,
    ),
  );
  expect(await extend(await world.volume(), 2000)).toMatchObject({ status: 413, body: { overLimit: { code: 413 } } });
});

it('a volume that is reserved does not grow', async () => {
  const { volume } = await world.reservedAttachment();

  expect((await extend(volume, 2)).status).toBe(400);
  expect(asked(world, volume, 'extendVolume')).toBe(0);
});

it('a driver that fails leaves the size, and says so by the status, from which the volume can be reset or deleted', async () => {
  const volume = await world.volume();
  world.driver.faults = { failOn: { extendVolume: 'full' } };

  await extend(volume, 2);

  await becomes(volume, 'error_extending');
  expect(await world.volumeRow(volume)).toMatchObject({ size: 1 });
  expect((await world.request('DELETE', `/v3/volumes/${volume}`)).status).toBe(202);
});

it('a status that was written meanwhile stands', async () => {
  const volume = await world.volume();
  world.driver.faults = { hangOn: ['extendVolume'] };
  await extend(volume, 2);
  await until('the driver is asked', () => asked(world, volume, 'extendVolume') > 0);
  await volumeIs(world, volume, { status: 'maintenance' });

  world.driver.faults = {};

  await until('it has grown', async () => (await world.volumeRow(volume)).size === 2);
  expect((await world.volumeRow(volume)).status).toBe('maintenance');
});
