import { randomUUID } from 'node:crypto';
import { hostsOf, pending } from '../contract/calls';
import { aConnector } from '../support/world';
import { type ClientWorld, startClientWorld } from './client-world';
import { aName, asAdmin, isDeleted, isOfSize, shownVolume } from './fixtures';
import { Sdk } from './sdk';

/** The second is its name in openstacksdk 4.4. */
const NOT_FOUND = expect.stringMatching(/^(ResourceNotFound|NotFoundException)$/) as string;

let world: ClientWorld;
let sdk: Sdk;
let admin: Sdk;
beforeAll(async () => {
  world = await startClientWorld({ gateway: { KEY_MANAGER: 'fixed' } });
  sdk = await Sdk.start(world, world.member);
  admin = await Sdk.start(world, world.admin);
});
afterAll(async () => {
  await Promise.all([sdk.end(), admin.end()]);
  await world.stop();
});

const attachmentOf = async (id: string) => ((await shownVolume(world, id)).attachments as { attachment_id: string }[])[0];

describe('given a call that hangs', () => {
  const FOR_EVER = { status: 'error', interval: 1, wait: 1000 };
  let program: Sdk;
  beforeEach(async () => {
    program = await Sdk.start(world, world.member);
    await program.call('get_volume', { args: [await world.volume()], keep: 'it' });
  });
  afterEach(() => program.end());

  it('it is named when its time is over', async () => {
    const call = program.call('wait_for_status', { args: ['@it'], named: FOR_EVER }, 500);

    await expect(call).rejects.toThrow('wait_for_status: the program has said nothing for 500 ms');
  });

  it('its program is ended all the same', async () => {
    const call = pending(program.call('wait_for_status', { args: ['@it'], named: FOR_EVER }));

    await program.end();

    await expect(call).rejects.toThrow('wait_for_status: the program has ended');
  });
});

/** This SDK has no attachments of its own; its adapter finds the endpoint, and speaks the microversion that is named. */
const attachments = (method: string, path: string, json?: unknown, microversion = '3.54') =>
  sdk.call(method, { args: [`/attachments${path}`], named: { microversion, ...(json !== undefined && { json }) } });

it('attachments: reserve, connect, complete, list, show and delete', async () => {
  const [volume, instance] = [await world.volume(), randomUUID()];

  const made = await attachments('post', '', { attachment: { volume_uuid: volume, instance_uuid: instance, mode: 'rw', connector: null } });
  expect(made).toMatchObject({ status: 200, body: { attachment: { status: 'reserved', attach_mode: 'rw', connection_info: {} } } });
  const id = made.body.attachment.id as string;

  const connected = await attachments('put', `/${id}`, { attachment: { connector: aConnector('compute-1', { ip: null }) } });
  expect(connected.body.attachment.connection_info).toMatchObject({ driver_volume_type: 'iscsi', attachment_id: id });
  expect(hostsOf(world, volume)).toEqual(['compute-1']);

  expect(await attachments('post', `/${id}/action`, { 'os-complete': {} }, '3.44')).toEqual({ status: 204, body: null });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
  expect((await attachments('get', `?volume_id=${volume}`, undefined, '3.27')).body.attachments).toMatchObject([
    { id, status: 'attached' },
  ]);
  expect((await attachments('get', `/detail?instance_id=${instance}`)).body.attachments).toMatchObject([{ id, volume_id: volume }]);
  expect((await attachments('get', `/${id}`)).body.attachment).toMatchObject({ id, instance });

  expect(await attachments('delete', `/${id}`, {})).toEqual({ status: 200, body: { attachments: [] } });
  expect(await world.st(volume)).toEqual(['available', 'detached']);
  expect(hostsOf(world, volume)).toEqual([]);
});

it('create_volume, wait_for_status, get_volume, find_volume, volumes and delete_volume with wait_for_delete', async () => {
  const name = aName();

  const { id } = await sdk.call('create_volume', { named: { name, size: 1, description: 'd', metadata: { a: '1' } }, keep: 'made' });
  expect(await sdk.call('wait_for_status', { args: ['@made'], named: { interval: 1, wait: 20 } })).toMatchObject({
    id,
    status: 'available',
  });

  expect(await sdk.call('get_volume', { args: [id] })).toMatchObject({ id, name, size: 1, is_bootable: false, metadata: { a: '1' } });
  expect(await sdk.call('find_volume', { args: [name] })).toMatchObject({ id });
  expect(await sdk.call('volumes', { named: { name } })).toMatchObject([{ id, name, status: 'available' }]);
  expect(await sdk.call('volumes', { named: { details: false, name } })).toMatchObject([{ id, name }]);
  await sdk.call('delete_volume', { args: [id] });
  await sdk.call('wait_for_delete', { args: ['@made'], named: { interval: 1, wait: 20 } });
  expect(await sdk.refused('get_volume', { args: [id] })).toMatchObject({ error: NOT_FOUND, status: 404 });
  await isDeleted(world, id as string);
});

it('volumes follows the links of pages, and shows an administrator all projects', async () => {
  const [mine, foreign] = [
    [await world.volume(), await world.volume(), await world.volume()],
    await world.volume({ token: world.stranger }),
  ];
  const idsOf = (volumes: { id: string }[]) => volumes.map(({ id }) => id);

  expect(idsOf(await sdk.call('volumes', { named: { limit: 2 } }))).toEqual(expect.arrayContaining(mine));
  expect(idsOf(await admin.call('volumes', { named: { all_projects: true } }))).toContain(foreign);
  expect(idsOf(await sdk.call('volumes', { named: { all_projects: true } }))).not.toContain(foreign);
});

it('set_volume_metadata, get_volume_metadata and delete_volume_metadata', async () => {
  const id = await world.volume();

  await sdk.call('set_volume_metadata', { args: [id], named: { a: '1', b: '2' } });
  expect(await sdk.call('get_volume_metadata', { args: [id] })).toMatchObject({ metadata: { a: '1', b: '2' } });
  await sdk.call('delete_volume_metadata', { args: [id, ['a']] });
  expect((await shownVolume(world, id)).metadata).toEqual({ b: '2' });
  await sdk.call('delete_volume_metadata', { args: [id] });
  expect((await shownVolume(world, id)).metadata).toEqual({});
});

it('extend_volume, set_volume_readonly and set_volume_bootable_status', async () => {
  const id = await world.volume();

  await sdk.call('set_volume_readonly', { args: [id, true] });
  await sdk.call('set_volume_bootable_status', { args: [id, true] });
  await sdk.call('extend_volume', { args: [id, 2] });

  await isOfSize(world, id, 2);
  expect(await shownVolume(world, id)).toMatchObject({ bootable: 'true', metadata: { readonly: 'True' } });
});

it('reset_volume_status and a forced delete, for administrators', async () => {
  const id = await world.volume();

  await admin.call('reset_volume_status', { args: [id], named: { status: 'error', attach_status: 'detached', migration_status: 'none' } });
  expect(await world.st(id)).toEqual(['error', 'detached']);
  expect(await sdk.refused('reset_volume_status', { args: [id, 'available', null, null] })).toMatchObject({ status: 403 });

  await admin.call('delete_volume', { args: [id], named: { force: true } });
  await isDeleted(world, id);
});

it('reserve_volume and unreserve_volume', async () => {
  const id = await world.volume();

  await sdk.call('reserve_volume', { args: [id] });
  expect((await world.st(id))[0]).toBe('attaching');
  await sdk.call('unreserve_volume', { args: [id] });
  expect((await world.st(id))[0]).toBe('available');
});

it('attach_volume, begin_volume_detaching, abort_volume_detaching and detach_volume', async () => {
  const [id, instance] = [await world.volume(), randomUUID()];

  await sdk.call('attach_volume', { args: [id, '/dev/vdb'], named: { instance } });
  const attachment = await attachmentOf(id);
  expect(attachment).toMatchObject({ server_id: instance, device: '/dev/vdb' });
  await sdk.call('begin_volume_detaching', { args: [id] });
  expect((await world.st(id))[0]).toBe('detaching');
  await sdk.call('abort_volume_detaching', { args: [id] });
  expect(await world.st(id)).toEqual(['in-use', 'attached']);
  await sdk.call('detach_volume', { args: [id, attachment?.attachment_id] });

  expect(await world.st(id)).toEqual(['available', 'detached']);
});

it('init_volume_attachment, terminate_volume_attachment, and a forced detach', async () => {
  const id = await world.volume();
  const connector = aConnector('compute-1');

  await sdk.call('init_volume_attachment', { args: [id, connector] });
  expect(hostsOf(world, id)).toEqual(['compute-1']);
  await sdk.call('terminate_volume_attachment', { args: [id, connector] });
  expect(hostsOf(world, id)).toEqual([]);

  await sdk.call('attach_volume', { args: [id, '/dev/vdb'], named: { host_name: 'compute-1' } });
  const attachment = await attachmentOf(id);
  await admin.call('detach_volume', { args: [id, attachment?.attachment_id], named: { force: true, connector } });
  expect(await world.st(id)).toEqual(['available', 'detached']);
});

it('complete_volume_migration moves what is attached to the new volume', async () => {
  const [old, fresh, instance] = [await world.volume(), await world.volume(), randomUUID()];
  await sdk.call('attach_volume', { args: [old, '/dev/vdb'], named: { instance } });

  await admin.call('complete_volume_migration', { args: [old, fresh] });

  expect((await shownVolume(world, fresh)).attachments).toMatchObject([{ server_id: instance }]);
  expect(await world.st(old)).toEqual(['available', 'detached']);
});

it('types: create, find, update, extra specs, list and delete', async () => {
  const [name, renamed] = [aName('type'), aName('type')];

  const { id } = await admin.call('create_type', { named: { name, description: 'd', is_public: true, extra_specs: { a: '1' } } });
  expect(await sdk.call('find_type', { args: [name] })).toMatchObject({ id, description: 'd', is_public: true });
  await admin.call('update_type', { args: [id], named: { name: renamed } });
  await admin.call('update_type_extra_specs', { args: [id], named: { b: '2' } });
  expect(await admin.call('get_type', { args: [id] })).toMatchObject({ name: renamed, extra_specs: { a: '1', b: '2' } });
  await admin.call('delete_type_extra_specs', { args: [id, ['a', 'b']] });
  expect(await admin.call('types')).toContainEqual(expect.objectContaining({ id, extra_specs: {} }));
  await admin.call('delete_type', { args: [id], named: { ignore_missing: false } });

  expect(await sdk.call('find_type', { args: [renamed] })).toBeNull();
});

it('the encryption of a type: create, get, update and delete', async () => {
  const { id } = await admin.call('create_type', { named: { name: aName('type') } });
  const luks = { provider: 'luks', control_location: 'front-end', cipher: 'aes-xts-plain64', key_size: 256 };

  expect(await admin.call('create_type_encryption', { args: [id], named: luks, keep: 'made' })).toMatchObject(luks);
  expect(await admin.call('get_type_encryption', { args: [id], keep: 'found' })).toMatchObject(luks);
  await admin.call('update_type_encryption', { args: ['@made'], named: { key_size: 512 } });
  expect(await admin.call('get_type_encryption', { args: [id] })).toMatchObject({ ...luks, key_size: 512 });
  await admin.call('delete_type_encryption', { args: ['@made'], named: { ignore_missing: false } });

  const { body } = await asAdmin(world, 'GET', `/v3/types/${id}/encryption`);
  expect(body).toEqual({});
});

it('get_limits and resource_filters', async () => {
  expect(await sdk.call('get_limits')).toMatchObject({ absolute: { max_total_volumes: -1 } });
  expect(await sdk.call('resource_filters', { named: { resource: 'attachment' } })).toMatchObject([
    { resource: 'attachment', filters: ['volume_id', 'status', 'instance_id', 'attach_status'] },
  ]);
});
