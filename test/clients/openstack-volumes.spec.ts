import { volumeIs } from '../contract/calls';
import { PROJECT_2 } from '../support/world';
import { type ClientWorld, startClientWorld } from './client-world';
import { aName, asAdmin, isAvailable, isDeleted, isOfSize, shownVolume } from './fixtures';
import { Neighbours } from './neighbours';
import { OpenStackCli } from './openstack-cli';

const DEFAULT = 'bronze';

let world: ClientWorld;
let openstack: OpenStackCli;
let admin: OpenStackCli;
let neighbours: Neighbours;
beforeAll(async () => {
  world = await startClientWorld({ gateway: { DEFAULT_VOLUME_TYPE: DEFAULT, KEY_MANAGER: 'fixed' } });
  neighbours = await Neighbours.start();
  openstack = OpenStackCli.of(world);
  admin = openstack.as(world.admin);
  await asAdmin(world, 'POST', '/v3/types', { volume_type: { name: DEFAULT } });
});
afterAll(async () => {
  await neighbours.stop();
  await world.stop();
});

describe('openstack volume create, show and delete', () => {
  it('makes a volume with every option', async () => {
    const name = aName();
    const options = ['--size', '2', '--type', DEFAULT, '--description', 'for tests', '--availability-zone', 'nova'];
    const flags = ['--property', 'a=1', '--property', 'b=2', '--hint', 'same_host=x', '--bootable'];

    const made = await openstack.json('volume', 'create', name, ...options, ...flags);

    expect(made).toMatchObject({ name, size: 2, type: DEFAULT, description: 'for tests', properties: { a: '1', b: '2' } });
    await isAvailable(world, made.id as string);
    expect(await shownVolume(world, made.id as string)).toMatchObject({ name, size: 2, metadata: { a: '1', b: '2' }, bootable: 'true' });
    expect(world.ledger.volumes).toContain(made.id);
    expect(await openstack.json('volume', 'show', name)).toMatchObject({
      id: made.id,
      status: 'available',
      bootable: 'true',
      attachments: [],
    });
  });

  it('deletes several, with --purge where there are no snapshots, and with --force for an administrator', async () => {
    const [one, other, third, stuck] = [await world.volume(), await world.volume(), await world.volume(), await world.volume()];
    await volumeIs(world, stuck, { status: 'error_deleting' });

    await openstack.run('volume', 'delete', one, other);
    await openstack.run('volume', 'delete', '--purge', third);
    expect(await openstack.refused('volume', 'delete', stuck)).toContain('Volume status must be available or error');
    await admin.run('volume', 'delete', '--force', stuck);

    for (const id of [one, other, third, stuck]) await isDeleted(world, id);
  });
});

describe('openstack volume list', () => {
  let ids: string[];
  let foreign: string;
  const name = aName('listed');
  beforeAll(async () => {
    ids = [];
    for (let i = 0; i < 3; i++)
      ids.unshift((await world.request('POST', '/v3/volumes', { volume: { name, size: 1 } })).body.volume.id as string);
    for (const id of ids) await isAvailable(world, id);
    foreign = await world.volume({ token: world.stranger });
  });

  const listed = async (as: OpenStackCli, ...words: string[]) =>
    ((await as.json('volume', 'list', ...words)) as { ID: string }[]).map(({ ID }) => ID);

  it('selects by name and status, and pages', async () => {
    const [newest, middle, oldest] = ids;
    const of = ['--name', name];

    expect(await listed(openstack, ...of)).toEqual(ids);
    expect(await listed(openstack, ...of, '--status', 'error')).toEqual([]);
    expect(await listed(openstack, ...of, '--limit', '2')).toEqual([newest, middle]);
    expect(await listed(openstack, ...of, '--marker', middle ?? '')).toEqual([oldest]);
  });

  it('--long names type, properties and whom it is attached to', async () => {
    const { volume, instance } = await world.attachedAttachment();
    await world.request('POST', `/v3/volumes/${volume}/metadata`, { metadata: { a: '1' } });

    const rows = (await openstack.json('volume', 'list', '--long')) as Record<string, unknown>[];

    expect(rows.find(({ ID }) => ID === volume)).toMatchObject({
      Status: 'in-use',
      Type: DEFAULT,
      Bootable: 'false',
      'Attached to': [{ server_id: instance, device: '/dev/vdb' }],
      Properties: { a: '1' },
    });
  });

  it('shows an administrator all projects, or those of a project or a user', async () => {
    expect(await listed(admin, '--all-projects')).toEqual(expect.arrayContaining([foreign, ...ids]));
    expect(await listed(admin.beside(neighbours), '--project', PROJECT_2)).toEqual([foreign]);
    expect(await listed(admin.beside(neighbours), '--all-projects', '--user', world.identity.userOf(world.stranger))).toEqual([foreign]);
    expect(await listed(openstack, '--all-projects')).not.toContain(foreign);
  });
});

describe('openstack volume set and unset', () => {
  it('what describes a volume', async () => {
    const [id, name] = [await world.volume(), aName()];

    await openstack.run('volume', 'set', id, '--name', name, '--description', 'new', '--property', 'a=1', '--property', 'b=2');
    expect(await shownVolume(world, id)).toMatchObject({ name, description: 'new', metadata: { a: '1', b: '2' } });

    await openstack.run('volume', 'unset', id, '--property', 'a');
    expect((await shownVolume(world, id)).metadata).toEqual({ b: '2' });

    await openstack.run('volume', 'set', id, '--no-property', '--property', 'c=3');
    expect((await shownVolume(world, id)).metadata).toEqual({ c: '3' });
  });

  it('its size, and whether it is bootable and read-only', async () => {
    const id = await world.volume();

    await openstack.run('volume', 'set', id, '--bootable', '--read-only');
    expect(await shownVolume(world, id)).toMatchObject({ bootable: 'true', metadata: { readonly: 'True' } });

    await openstack.run('volume', 'set', id, '--non-bootable', '--read-write');
    expect(await shownVolume(world, id)).toMatchObject({ bootable: 'false', metadata: { readonly: 'False' } });

    await openstack.run('volume', 'set', id, '--size', '3');
    await isOfSize(world, id, 3);
  });

  it('its state, for administrators', async () => {
    const id = await world.volume();

    await admin.run('volume', 'set', id, '--state', 'error', '--attached');
    expect(await world.st(id)).toEqual(['error', 'attached']);

    await admin.run('volume', 'set', id, '--state', 'available', '--detached');
    expect(await world.st(id)).toEqual(['available', 'detached']);
    expect(await openstack.refused('volume', 'set', id, '--state', 'error')).toContain('HTTP 403');
  });
});

describe('openstack volume type', () => {
  const ENCRYPTION = ['--encryption-provider', 'luks', '--encryption-cipher', 'aes-xts-plain64', '--encryption-key-size', '256'];

  it('create with every option, and show', async () => {
    const name = aName('type');
    const options = ['--description', 'first', '--public', '--property', 'a=1', ...ENCRYPTION, '--encryption-control-location', 'back-end'];

    const made = await admin.json('volume', 'type', 'create', name, ...options);

    expect(made).toMatchObject({ name, is_public: true, properties: { a: '1' }, encryption: { provider: 'luks', key_size: 256 } });
    const full = await admin.json('volume', 'type', 'show', name, '--encryption-type');
    expect(full).toMatchObject({ id: made.id, description: 'first', properties: { a: '1' }, encryption: { control_location: 'back-end' } });
    expect(await openstack.json('volume', 'type', 'show', made.id as string)).toMatchObject({ name, properties: {} });
  });

  it('set and unset', async () => {
    const [name, renamed] = [aName('type'), aName('type')];
    const { id } = await admin.json('volume', 'type', 'create', name, '--private');
    const type = async () => (await asAdmin(world, 'GET', `/v3/types/${id}`)).body.volume_type as Record<string, unknown>;
    const encryption = async () => (await asAdmin(world, 'GET', `/v3/types/${id}/encryption`)).body as unknown;

    await admin.run('volume', 'type', 'set', name, '--name', renamed, '--description', 'second', '--property', 'a=1', ...ENCRYPTION);
    expect(await type()).toMatchObject({ name: renamed, description: 'second', is_public: false, extra_specs: { a: '1' } });
    expect(await encryption()).toMatchObject({ provider: 'luks', cipher: 'aes-xts-plain64', key_size: 256, control_location: 'front-end' });

    // Which projects may use it cannot be asked here, so the command complains of that, and shows the rest.
    expect(await admin.json('volume', 'type', 'show', id as string)).toMatchObject({
      name: renamed,
      is_public: false,
      access_project_ids: null,
    });

    await admin.run('volume', 'type', 'set', renamed, '--encryption-key-size', '512');
    expect(await encryption()).toMatchObject({ key_size: 512 });

    await admin.run('volume', 'type', 'unset', renamed, '--property', 'a', '--encryption-type');
    expect([(await type()).extra_specs, await encryption()]).toEqual([{}, {}]);
  });

  it('list, of all, of one kind, and the default', async () => {
    const { id } = await admin.json('volume', 'type', 'create', aName('type'), '--private', ...ENCRYPTION);
    const listed = async (as: OpenStackCli, ...words: string[]) =>
      ((await as.json('volume', 'type', 'list', ...words)) as { ID: string }[]).map(({ ID }) => ID);

    expect(await listed(admin)).toContain(id);
    expect(await listed(admin, '--private')).toContain(id);
    expect(await listed(admin, '--public')).not.toContain(id);
    expect(await listed(openstack)).not.toContain(id);
    expect(await openstack.json('volume', 'type', 'list', '--default')).toMatchObject([{ Name: DEFAULT, 'Is Public': true }]);
    const rows = (await admin.json('volume', 'type', 'list', '--long', '--encryption-type')) as Record<string, unknown>[];
    expect(rows.find(({ ID }) => ID === id)).toMatchObject({ 'Is Public': false, Properties: {}, Encryption: { provider: 'luks' } });
  });

  it('delete takes several', async () => {
    const [one, other] = [await admin.json('volume', 'type', 'create', aName()), await admin.json('volume', 'type', 'create', aName())];

    await admin.run('volume', 'type', 'delete', one.id as string, other.name as string);

    for (const { id } of [one, other]) expect((await asAdmin(world, 'GET', `/v3/types/${id}`)).status).toBe(404);
  });
});

describe('openstack, what the service says of itself', () => {
  it('limits show', async () => {
    const rows = await openstack.beside(neighbours).json('limits', 'show', '--absolute');

    expect(rows).toContainEqual({ Name: 'maxTotalVolumes', Value: -1 });
    expect(await openstack.beside(neighbours).json('limits', 'show', '--rate')).toEqual([]);
  });

  it('block storage resource filter list', async () => {
    expect(await openstack.json('block', 'storage', 'resource', 'filter', 'list')).toContainEqual({
      Resource: 'attachment',
      Filters: ['volume_id', 'status', 'instance_id', 'attach_status'],
    });
  });
});
