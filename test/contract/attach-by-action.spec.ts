import { randomUUID } from 'node:crypto';
import { aConnector, startWorld, type World } from '../support/world';
import { actOnVolume, asked, complete, create, hostsOf, refusal, remove, rowsOf, TIMESTAMP, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const INSTANCE = randomUUID();
const attach = (volume: string, more: Record<string, unknown> = {}) =>
  actOnVolume(world, volume, 'os-attach', { instance_uuid: INSTANCE, mountpoint: '/dev/vdc', ...more });
const detach = (volume: string, said: unknown = {}) => actOnVolume(world, volume, 'os-detach', said);
const shown = async (volume: string, token = world.member): Promise<Shown> =>
  (await world.request('GET', `/v3/volumes/${volume}`, undefined, { 'X-Auth-Token': token })).body.volume as Shown;
interface Shown {
  metadata: Record<string, string>;
  attachments: Record<string, unknown>[];
}

it('cases 200 and 89: an attachment made by action is attached at once, and connected by nobody', async () => {
  const volume = await world.volume();

  expect(await attach(volume)).toMatchObject({ status: 202, text: '' });

  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  const [row] = await rowsOf(world, volume);
  expect(row).toMatchObject({ attach_status: 'attached', attach_mode: 'rw', connector: null, connection_info: null });
  expect(await shown(volume)).toMatchObject({
    metadata: { readonly: 'False', attached_mode: 'rw' },
    attachments: [
      { id: volume, volume_id: volume, server_id: INSTANCE, device: '/dev/vdc', attached_at: expect.stringMatching(TIMESTAMP) },
    ],
  });
  expect((await world.request('GET', `/v3/attachments/${row?.id}`)).body.attachment).toMatchObject({
    status: 'attached',
    connection_info: null,
  });
  expect(asked(world, volume, 'initializeConnection')).toBe(0);
});

it('a repeat for the same instance makes no second row', async () => {
  const volume = await world.volume();
  await attach(volume);

  expect((await attach(volume)).status).toBe(202);

  expect(await rowsOf(world, volume)).toHaveLength(1);
});

it.each([
  ['neither instance nor host', { instance_uuid: undefined }, "{'mountpoint': '/dev/vdc'} is not valid under any of the given schemas"],
  ['no mountpoint', { mountpoint: undefined }, "'mountpoint' is a required property"],
  ['an empty mountpoint', { mountpoint: '' }, "'' is too short"],
  ['a word for an instance', { instance_uuid: 'i' }, "'i' is not a 'uuid'"],
  ['a mode that is none', { mode: 'wo' }, "'wo' is not one of ['rw', 'ro']"],
  ['a surplus member', { device: 'x' }, "Additional properties are not allowed ('device' was unexpected)"],
])('case 201: os-attach with %s is refused', async (_, more, text) => {
  const answer = await attach(await world.volume(), more);

  expect(answer.status).toBe(400);
  expect(answer.body.badRequest.message).toContain(text);
});

it('case 202: a volume in use takes no second instance unless it is multiattach', async () => {
  const [single, multi] = [await world.volume(), await world.volume({ multiattach: true })];
  await attach(single);
  await attach(multi);

  expect(await attach(single, { instance_uuid: randomUUID() })).toMatchObject(
    refusal('Invalid volume: volume is already attached and multiple attachments are not enabled'),
  );
  expect((await attach(multi, { instance_uuid: randomUUID() })).status).toBe(202);
  expect([await rowsOf(world, single), await rowsOf(world, multi)].map((rows) => rows.length)).toEqual([1, 2]);
});

it('case 203: a volume in maintenance is neither attached nor detached nor connected', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status: 'maintenance' });

  expect(await attach(volume)).toMatchObject(refusal('Invalid volume: The volume cannot be attached in maintenance mode.'));
  expect(await detach(volume)).toMatchObject(refusal('Invalid volume: The volume cannot be detached in maintenance mode.'));
  expect(await actOnVolume(world, volume, 'os-initialize_connection', { connector: aConnector() })).toMatchObject(
    refusal('Invalid volume: The volume connection cannot be initialized in maintenance mode.'),
  );
});

it('case 204: a readonly volume is attached ro only', async () => {
  const volume = await world.volume();
  await actOnVolume(world, volume, 'os-update_readonly_flag', { readonly: true });

  expect(await attach(volume)).toMatchObject(refusal(`Invalid attaching mode 'rw' for volume ${volume}.`));
  expect((await attach(volume, { mode: 'ro' })).status).toBe(202);
  expect((await shown(volume)).metadata).toEqual({ readonly: 'True', attached_mode: 'ro' });
});

it('a volume that is being attached in one mode is not attached in another', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status: 'attaching', admin_metadata: { attached_mode: 'ro' } });

  expect(await attach(volume)).toMatchObject(refusal('Invalid volume: being attached by different mode'));
});

it('case 205: a host is attached under its plain name', async () => {
  const volume = await world.volume();

  expect((await attach(volume, { instance_uuid: undefined, host_name: 'Host_A', mode: 'ro' })).status).toBe(202);

  expect((await rowsOf(world, volume))[0]).toMatchObject({ attached_host: 'host-a', attach_mode: 'ro', instance_uuid: null });
  expect((await shown(volume, world.admin)).attachments[0]).toMatchObject({ host_name: 'host-a', server_id: null });
});

it.each([[{}], [null]])('case 206: os-detach %j ends what os-attach made, and keeps the readonly flag', async (said) => {
  const volume = await world.volume();
  await attach(volume);

  expect(await detach(volume, said)).toMatchObject({ status: 202, text: '' });

  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(await shown(volume)).toMatchObject({ metadata: { readonly: 'False' }, attachments: [] });
  expect((await shown(volume)).metadata).not.toHaveProperty('attached_mode');
});

it('case 207: of several attachments one must be named', async () => {
  const volume = await world.volume({ multiattach: true });
  await attach(volume);
  await attach(volume, { instance_uuid: randomUUID() });
  const [first] = await rowsOf(world, volume);

  expect(await detach(volume)).toMatchObject(
    refusal('Invalid volume: Detach volume failed: More than one attachment, but no attachment_id provided.'),
  );
  expect((await detach(volume, { attachment_id: first?.id })).status).toBe(202);
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect(await rowsOf(world, volume)).toHaveLength(1);
});

it('case 209: an attachment of another volume is a mismatch', async () => {
  const [volume, other] = [await world.volume(), await world.volume()];
  await attach(volume);
  await attach(other);
  const [row] = await rowsOf(world, other);

  expect(await detach(volume, { attachment_id: row?.id })).toMatchObject(
    refusal('Invalid input received: Mismatched volume and attachment'),
  );
  expect(await rowsOf(world, other)).toHaveLength(1);
});

it('case 210, without the guard: an attachment that nobody knows is as good as detached', async () => {
  const { volume } = await world.attachedAttachment();
  await actOnVolume(world, volume, 'os-begin_detaching');

  expect((await detach(volume, { attachment_id: randomUUID() })).status).toBe(202);

  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('case 211: a volume without attachments is detached all the same', async () => {
  const volume = await world.volume();
  await volumeIs(world, volume, { status: 'detaching', attach_status: 'attached' });

  expect((await detach(volume)).status).toBe(202);

  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('os-detach of a connected attachment ends its connection as a delete does', async () => {
  const { volume } = await world.attachedAttachment();
  expect(hostsOf(world, volume)).toEqual(['tempest-1']);

  expect((await detach(volume)).status).toBe(202);

  expect(hostsOf(world, volume)).toEqual([]);
  expect(await world.st(volume)).toEqual(['available', 'detached']);
});

it('what an action has made the attachments API completes and deletes without a driver', async () => {
  const volume = await world.volume();
  await attach(volume);
  const [row] = await rowsOf(world, volume);

  expect((await complete(world, String(row?.id))).status).toBe(204);
  expect(await remove(world, String(row?.id))).toMatchObject({ status: 200, body: { attachments: [] } });

  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(asked(world, volume, 'terminateConnection')).toBe(0);
});

it('a reserve after an os-attach is refused as for any volume in use', async () => {
  const volume = await world.volume();
  await attach(volume);

  expect((await create(world, volume, { instance_uuid: randomUUID() })).status).toBe(400);
});
