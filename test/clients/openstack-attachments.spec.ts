import { randomUUID } from 'node:crypto';
import { hostsOf, rowsOf } from '../contract/calls';
import { PROJECT_2 } from '../support/world';
import { type ClientWorld, startClientWorld } from './client-world';
import { connectorsToldTo } from './connectors';
import { attachmentsToList, HOST, SAID_OF_HOST } from './fixtures';
import { Neighbours } from './neighbours';
import { OpenStackCli } from './openstack-cli';

let world: ClientWorld;
let openstack: OpenStackCli;
let neighbours: Neighbours;
beforeAll(async () => {
  world = await startClientWorld();
  neighbours = await Neighbours.start();
  openstack = OpenStackCli.of(world);
});
afterAll(async () => {
  await neighbours.stop();
  await world.stop();
});

const attachment = (...words: string[]) => ['volume', 'attachment', ...words];
const MORE = ['--os-type', 'linux', '--mountpoint', '/dev/vdc'];
const ALL_SAID = { ...SAID_OF_HOST, os_type: 'linux', multipath: true, mountpoint: '/dev/vdc' };

describe('openstack volume attachment create', () => {
  it.each(['3.27', '3.70'])('at %s, reserves a volume for a server, and connects nothing', async (version) => {
    const [volume, server] = [await world.volume(), randomUUID()];

    const made = await openstack
      .at(version)
      .beside(neighbours)
      .json(...attachment('create', volume, server, '--no-connect'));

    expect(made).toMatchObject({ Status: 'reserved', 'Instance ID': server, 'Volume ID': volume, 'Attach Mode': 'null', Properties: {} });
    expect(await rowsOf(world, volume)).toMatchObject([{ id: made.ID, attach_status: 'reserved', connector: null }]);
    expect(hostsOf(world, volume)).toEqual([]);
  });

  it('connects with every option, in the mode that is asked for', async () => {
    const [volume, server, told] = [await world.volume(), randomUUID(), connectorsToldTo(world)];
    const options = ['--connect', ...HOST, ...MORE, '--multipath', '--mode', 'ro'];

    const made = await openstack.beside(neighbours).json(...attachment('create', volume, server, ...options));

    expect(made).toMatchObject({
      Status: 'attaching',
      'Attach Mode': 'ro',
      Properties: { driver_volume_type: 'iscsi', access_mode: 'ro' },
    });
    expect(told.of(made.ID as string)).toEqual([{ ...ALL_SAID, mode: 'ro' }]);
    expect(hostsOf(world, volume)).toEqual(['compute-7']);
  });

  it('connects a host of which nothing else is known: what was not said arrives as null', async () => {
    const [volume, told] = [await world.volume(), connectorsToldTo(world)];
    const options = ['--connect', '--host', 'compute-8', '--no-multipath'];

    const made = await openstack.beside(neighbours).json(...attachment('create', volume, randomUUID(), ...options));

    const unsaid = { initiator: null, ip: null, platform: null, os_type: null, mountpoint: null };
    expect(told.of(made.ID as string)).toMatchObject([{ host: 'compute-8', multipath: false, ...unsaid }]);
  });
});

describe('openstack volume attachment set, complete and delete', () => {
  it('set connects with every option', async () => {
    const [{ id, volume }, told] = [await world.reservedAttachment(), connectorsToldTo(world)];

    const updated = await openstack.json(...attachment('set', id, ...HOST, ...MORE, '--multipath'));

    expect(updated).toMatchObject({ ID: id, Status: 'attaching', 'Attach Mode': 'rw', Properties: { attachment_id: id } });
    expect(told.of(id)).toEqual([ALL_SAID]);
    expect(hostsOf(world, volume)).toEqual(['compute-7']);
  });

  it('set needs no more than a host', async () => {
    const { id, volume } = await world.reservedAttachment();

    await openstack.at('3.27').run(...attachment('set', id, '--host', 'compute-9', '--no-multipath'));

    expect(hostsOf(world, volume)).toEqual(['compute-9']);
  });

  it('complete makes it attached, show says how, and delete disconnects the host', async () => {
    const { id, volume, instance } = await world.attachingAttachment();

    await openstack.run(...attachment('complete', id));

    expect(await world.st(volume)).toEqual(['in-use', 'attached']);
    const shown = await openstack.json(...attachment('show', id));
    expect(shown).toMatchObject({
      ID: id,
      'Volume ID': volume,
      'Instance ID': instance,
      Status: 'attached',
      Properties: { target_lun: 1 },
    });
    expect(shown['Attached At']).toMatch(/^\d{4}-/);

    await openstack.run(...attachment('delete', id));

    expect((await world.request('GET', `/v3/attachments/${id}`)).status).toBe(404);
    expect(await world.st(volume)).toEqual(['available', 'detached']);
    expect(hostsOf(world, volume)).toEqual([]);
    expect(await openstack.refused(...attachment('show', id))).toContain('HTTP 404');
  });
});

describe('openstack volume attachment list', () => {
  let volume: string;
  let server: string;
  let ids: string[];
  let foreign: string;
  beforeAll(async () => ({ volume, server, ids, foreign } = await attachmentsToList(world)));

  const listed = async (as: OpenStackCli, ...words: string[]) =>
    ((await as.json(...attachment('list', ...words))) as { ID: string }[]).map(({ ID }) => ID);

  it('shows what there is of the project', async () => {
    const rows = await openstack.json(...attachment('list'));

    expect(rows).toContainEqual({ ID: ids[0], 'Volume ID': volume, 'Server ID': server, Status: 'reserved' });
    expect((rows as { ID: string }[]).map(({ ID }) => ID)).not.toContain(foreign);
  });

  it('selects by volume and by status, and pages', async () => {
    const [newest, middle, oldest] = ids;
    const of = ['--volume-id', volume];

    expect(await listed(openstack, ...of, '--status', 'reserved')).toEqual(ids);
    expect(await listed(openstack, ...of, '--status', 'attached')).toEqual([]);
    expect(await listed(openstack, ...of, '--limit', '2')).toEqual([newest, middle]);
    expect(await listed(openstack, ...of, '--limit', '2', '--marker', middle ?? '')).toEqual([oldest]);
  });

  it('shows an administrator all projects, or one', async () => {
    const admin = openstack.as(world.admin);

    expect(await listed(admin, '--all-projects')).toEqual(expect.arrayContaining([foreign, ...ids]));
    expect(await listed(admin.beside(neighbours), '--project', PROJECT_2)).toEqual([foreign]);
    expect(await listed(openstack, '--all-projects')).not.toContain(foreign);
  });
});
