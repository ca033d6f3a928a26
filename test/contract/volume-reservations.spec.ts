import { startWorld, type World } from '../support/world';
import { actOnVolume, refusal, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const RESERVES = (from: string, status: string) => `Invalid volume: Volume status must be ${from} to reserve, but the status is ${status}.`;
const NOT_DETACHABLE =
  "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.";

it('case 192: a volume is reserved by action once', async () => {
  const volume = await world.volume();

  expect(await actOnVolume(world, volume, 'os-reserve')).toMatchObject({ status: 202, text: '' });
  expect(await world.st(volume)).toEqual(['attaching', 'detached']);
  expect(await actOnVolume(world, volume, 'os-reserve')).toMatchObject(refusal(RESERVES('available', 'attaching')));
});

it('cases 193 and 195: the reservation is taken back, and what is not reserved stays as it is', async () => {
  const volume = await world.volume();
  await actOnVolume(world, volume, 'os-reserve');

  for (let twice = 0; twice < 2; twice++) {
    expect(await actOnVolume(world, volume, 'os-unreserve')).toMatchObject({ status: 202, text: '' });
    expect(await world.st(volume)).toEqual(['available', 'detached']);
  }
});

it('case 194: with a live attachment an unreserved volume is in use', async () => {
  const { volume } = await world.attachingAttachment();

  expect((await actOnVolume(world, volume, 'os-unreserve')).status).toBe(202);

  expect(await world.st(volume)).toEqual(['in-use', 'attaching']);
});

it('case 196: a multiattach volume in use is reserved', async () => {
  const { volume } = await world.attachedAttachment(await world.volume({ multiattach: true }));

  expect((await actOnVolume(world, volume, 'os-reserve')).status).toBe(202);

  expect(await world.st(volume)).toEqual(['attaching', 'attached']);
  expect(await actOnVolume(world, volume, 'os-reserve')).toMatchObject(refusal(RESERVES('available or in-use', 'attaching')));
});

/** spec: volumes-surface §5.1. Null: 400; a status: 202, and what the volume then is. */
const TABLE: [status: string, answers: Record<string, string | null>][] = [
  ['available', { 'os-reserve': 'attaching', 'os-unreserve': 'available', 'os-begin_detaching': null, 'os-roll_detaching': 'available' }],
  ['attaching', { 'os-reserve': null, 'os-unreserve': 'available', 'os-begin_detaching': null, 'os-roll_detaching': 'attaching' }],
  ['in-use', { 'os-reserve': null, 'os-unreserve': 'in-use', 'os-begin_detaching': 'detaching', 'os-roll_detaching': 'in-use' }],
  ['detaching', { 'os-reserve': null, 'os-unreserve': 'detaching', 'os-begin_detaching': null, 'os-roll_detaching': 'in-use' }],
  ['reserved', { 'os-reserve': null, 'os-unreserve': 'reserved', 'os-begin_detaching': null, 'os-roll_detaching': 'reserved' }],
  ['maintenance', { 'os-reserve': null, 'os-unreserve': 'maintenance', 'os-begin_detaching': null, 'os-roll_detaching': 'maintenance' }],
  ['error', { 'os-reserve': null, 'os-unreserve': 'error', 'os-begin_detaching': null, 'os-roll_detaching': 'error' }],
];

it.each(TABLE.flatMap(([status, answers]) => Object.entries(answers).map(([verb, becomes]) => [verb, status, becomes] as const)))(
  '%s of a volume that is %s: %s',
  async (verb, status, becomes) => {
    const volume = await world.volume();
    await volumeIs(world, volume, { status, attach_status: 'attached' });

    const answer = await actOnVolume(world, volume, verb);

    expect([answer.status, (await world.volumeRow(volume)).status]).toEqual(becomes === null ? [400, status] : [202, becomes]);
  },
);

it.each(['reserved', 'attaching', 'detaching'])('case 198: a volume that is %s is not to be detached', async (status) => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status });

  expect(await actOnVolume(world, volume, 'os-begin_detaching')).toMatchObject(refusal(NOT_DETACHABLE));
});

it('case 220: the readonly flag is set on an available volume only, and shown with its metadata', async () => {
  const volume = await world.volume();

  expect((await actOnVolume(world, volume, 'os-update_readonly_flag', { readonly: true })).status).toBe(202);
  expect((await world.request('GET', `/v3/volumes/${volume}`)).body.volume.metadata).toEqual({ readonly: 'True' });
  expect((await actOnVolume(world, volume, 'os-update_readonly_flag', { readonly: 'no' })).status).toBe(202);
  expect((await world.request('GET', `/v3/volumes/${volume}`)).body.volume.metadata).toEqual({ readonly: 'False' });

  await volumeIs(world, volume, { status: 'in-use' });
  expect(await actOnVolume(world, volume, 'os-update_readonly_flag', { readonly: true })).toMatchObject(
    refusal(`Invalid volume: Volume ${volume} status must be available to update readonly flag, but current status is: in-use.`),
  );
});

it('a volume is made bootable, and is it no longer', async () => {
  const volume = await world.volume();
  const bootable = async (): Promise<unknown> => (await world.request('GET', `/v3/volumes/${volume}`)).body.volume.bootable;

  expect(await actOnVolume(world, volume, 'os-set_bootable', { bootable: true })).toMatchObject({ status: 200, text: '' });
  expect(await bootable()).toBe('true');
  expect((await actOnVolume(world, volume, 'os-set_bootable', { bootable: 'False' })).status).toBe(200);
  expect(await bootable()).toBe('false');
});

it.each([
  [
    'os-set_bootable',
    { bootable: 'maybe' },
    "Invalid input for field/attribute bootable. Value: maybe. 'maybe' is not one of [True, 'True', ",
  ],
  ['os-set_bootable', {}, "Invalid input for field/attribute os-set_bootable. Value: {}. 'bootable' is a required property"],
  [
    'os-update_readonly_flag',
    { readonly: 1 },
    "Invalid input for field/attribute readonly. Value: 1. 1 is not of type 'boolean', 'string'",
  ],
  ['os-reimage', { image_id: 'i' }, 'There is no such action: os-reimage. Verify the request body and Content-Type header and try again.'],
])('%s %j is refused in words', async (name, said, text) => {
  const answer = await actOnVolume(world, await world.volume(), name, said);

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toContain(text);
});

it('an action on a volume that is not there, or is another project’s, is 404', async () => {
  const volume = await world.volume();

  for (const name of ['os-reserve', 'os-unreserve', 'os-begin_detaching', 'os-roll_detaching']) {
    const answer = await actOnVolume(world, volume, name, {}, { 'X-Auth-Token': world.stranger });
    expect(answer).toMatchObject({ status: 404, body: { itemNotFound: { message: `Volume ${volume} could not be found.` } } });
  }
});
