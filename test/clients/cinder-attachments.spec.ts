import { randomUUID } from 'node:crypto';
import { hostsOf, rowsOf } from '../contract/calls';
import { PROJECT_1, PROJECT_2 } from '../support/world';
import { type ClientWorld, startClientWorld } from './client-world';
import { CinderCli } from './cinder-cli';
import { connectorsToldTo } from './connectors';
import { attachmentsToList, HOST, SAID_OF_HOST } from './fixtures';

let world: ClientWorld;
let cinder: CinderCli;
beforeAll(async () => {
  world = await startClientWorld();
  cinder = CinderCli.of(world);
});
afterAll(() => world.stop());

const shown = async (id: string) => (await world.request('GET', `/v3/attachments/${id}`)).body.attachment as unknown;

/** The other options that say something of a host, and the connector that all of them make. */
const MORE = ['--ostype', 'linux', '--multipath', 'True', '--mountpoint', '/dev/vdc'];
const ALL_SAID = { ...SAID_OF_HOST, os_type: 'linux', multipath: 'True', mountpoint: '/dev/vdc' };

describe('cinder attachment-create', () => {
  it.each(['3.27', '3.70'])('at %s, reserves a volume for a server, and connects nothing', async (version) => {
    const [volume, server] = [await world.volume(), randomUUID()];

    const made = await cinder.at(version).show('attachment-create', volume, server);

    expect(made).toMatchObject({ status: 'reserved', instance: server, volume_id: volume, attach_mode: 'null', attached_at: '' });
    expect(await rowsOf(world, volume)).toMatchObject([{ id: made.id, instance_uuid: server, attach_status: 'reserved', connector: null }]);
    expect(await world.st(volume)).toEqual(['reserved', 'detached']);
    expect(hostsOf(world, volume)).toEqual([]);
  });

  it('finds the volume by its name, and needs no server', async () => {
    const [volume, name] = [await world.volume(), `named-${randomUUID()}`];
    await world.request('PUT', `/v3/volumes/${volume}`, { volume: { name } });

    const made = await cinder.show('attachment-create', name, '--connect', 'False');

    expect(await shown(made.id ?? '')).toMatchObject({ volume_id: volume, instance: null, status: 'reserved' });
  });

  it('connects with every option, in the mode that is asked for', async () => {
    const [volume, server, told] = [await world.volume(), randomUUID(), connectorsToldTo(world)];

    const made = await cinder.show('attachment-create', volume, server, '--connect', 'True', ...HOST, ...MORE, '--mode', 'ro');

    expect(made).toMatchObject({ status: 'attaching', attach_mode: 'ro', driver_volume_type: 'iscsi', access_mode: 'ro' });
    expect(told.of(made.id)).toEqual([{ ...ALL_SAID, mode: 'ro' }]);
    expect(hostsOf(world, volume)).toEqual(['compute-7']);
    expect(await shown(made.id ?? '')).toMatchObject({
      attach_mode: 'ro',
      connection_info: { volume_id: volume, enforce_multipath: false },
    });
  });

  it.each([
    ['rw', 'rw'],
    ['null', 'null'],
  ])('takes --mode %s', async (mode, stored) => {
    const made = await cinder.show('attachment-create', await world.volume(), randomUUID(), '--mode', mode);

    expect(await shown(made.id ?? '')).toMatchObject({ attach_mode: stored });
  });

  it('connects a host of which nothing else is known: what was not said arrives as null', async () => {
    const [volume, told] = [await world.volume(), connectorsToldTo(world)];

    const made = await cinder.show('attachment-create', volume, randomUUID(), '--connect', 'True', '--host', 'compute-8');

    expect(told.of(made.id)).toMatchObject([{ host: 'compute-8', initiator: null, ip: null, mountpoint: null, multipath: false }]);
    expect(await rowsOf(world, volume)).toMatchObject([{ attached_host: 'compute-8', mountpoint: 'na' }]);
  });

  it('prints the refusal of a volume that is reserved', async () => {
    const { volume } = await world.reservedAttachment();

    expect(await cinder.refused('attachment-create', volume, randomUUID())).toContain(
      `Volume ${volume} status must be available or downloading to reserve, but the current status is reserved.`,
    );
  });
});

describe('cinder attachment-update', () => {
  it('connects with every option', async () => {
    const [{ id, volume }, told] = [await world.reservedAttachment(), connectorsToldTo(world)];

    const updated = await cinder.show('attachment-update', id, ...HOST, ...MORE);

    expect(updated).toMatchObject({ id, status: 'attaching', attach_mode: 'rw', driver_volume_type: 'iscsi', attachment_id: id });
    expect(told.of(id)).toEqual([ALL_SAID]);
    expect(hostsOf(world, volume)).toEqual(['compute-7']);
    expect(await world.st(volume)).toEqual(['attaching', 'attaching']);
  });

  it('needs no more than a host, at the oldest microversion', async () => {
    const [{ id, volume }, told] = [await world.reservedAttachment(), connectorsToldTo(world)];

    await cinder.at('3.27').run('attachment-update', id, '--host', 'compute-9');

    expect(told.of(id)).toMatchObject([{ host: 'compute-9', initiator: null, ip: null, platform: 'x86_64', os_type: 'linux2' }]);
    expect(hostsOf(world, volume)).toEqual(['compute-9']);
  });

  it('without a host is refused', async () => {
    const { id, volume } = await world.reservedAttachment();

    expect(await cinder.refused('attachment-update', id, '--ip', '192.0.2.7')).toContain('HTTP 400');
    expect(hostsOf(world, volume)).toEqual([]);
  });
});

describe('cinder attachment-complete, -show and -delete', () => {
  it('several attachments are completed at once, and the volumes name their servers', async () => {
    const [one, other] = [await world.attachingAttachment(), await world.attachingAttachment()];

    await cinder.at('3.44').run('attachment-complete', one.id, other.id);

    for (const { volume, instance } of [one, other]) {
      expect(await world.st(volume)).toEqual(['in-use', 'attached']);
      expect(await cinder.show('show', volume)).toMatchObject({ status: 'in-use', attached_servers: `['${instance}']` });
    }
  });

  it('an attachment is shown with how it is connected', async () => {
    const { id, volume, instance } = await world.attachedAttachment();

    expect(await cinder.show('attachment-show', id)).toMatchObject({
      id,
      status: 'attached',
      instance,
      volume_id: volume,
      attach_mode: 'rw',
      target_lun: '1',
      driver_volume_type: 'iscsi',
      encrypted: 'False',
    });
  });

  it('several attachments are deleted at once, and their hosts are disconnected', async () => {
    const [one, other] = [await world.attachedAttachment(), await world.reservedAttachment()];

    await cinder.run('attachment-delete', one.id, other.id);

    for (const { id, volume } of [one, other]) {
      expect((await world.request('GET', `/v3/attachments/${id}`)).status).toBe(404);
      expect(await world.st(volume)).toEqual(['available', 'detached']);
      expect(hostsOf(world, volume)).toEqual([]);
    }
    expect(await cinder.refused('attachment-delete', one.id)).toContain(
      `Volume attachment could not be found with filter: attachment_id = ${one.id}.`,
    );
  });
});

describe('cinder attachment-list', () => {
  let volume: string;
  let server: string;
  let ids: string[];
  let foreign: string;
  beforeAll(async () => ({ volume, server, ids, foreign } = await attachmentsToList(world)));

  const listed = async (as: CinderCli, ...words: string[]) => (await as.list('attachment-list', ...words)).map((row) => row.ID);

  it('shows what there is of the project', async () => {
    const rows = await cinder.list('attachment-list');

    for (const id of ids) expect(rows).toContainEqual({ ID: id, 'Volume ID': volume, Status: 'reserved', 'Server ID': server });
    expect(rows.map((row) => row.ID)).not.toContain(foreign);
  });

  it('selects by volume and by status', async () => {
    expect((await listed(cinder, '--volume-id', volume)).sort()).toEqual([...ids].sort());
    expect((await listed(cinder, '--volume-id', volume, '--status', 'reserved')).sort()).toEqual([...ids].sort());
    expect(await listed(cinder, '--volume-id', volume, '--status', 'attached')).toEqual([]);
  });

  it.each([
    ['volume_id', () => volume],
    ['instance_id', () => server],
  ])('selects by --filters %s', async (key, value) => {
    expect((await listed(cinder, '--filters', `${key}=${value()}`, '--filters', 'attach_status=reserved')).sort()).toEqual([...ids].sort());
    expect(await listed(cinder, '--filters', `${key}=${value()}`, '--filters', 'attach_status=attached')).toEqual([]);
  });

  it('pages and sorts', async () => {
    const [newest, middle, oldest] = ids;
    const of = ['--volume-id', volume];

    expect(await listed(cinder, ...of, '--sort', 'created_at:asc')).toEqual([oldest, middle, newest]);
    expect(await listed(cinder, ...of, '--sort', 'created_at', '--limit', '2')).toEqual([newest, middle]);
    expect(await listed(cinder, ...of, '--sort', 'created_at', '--limit', '2', '--marker', middle ?? '')).toEqual([oldest]);
    expect(await listed(cinder, ...of, '--sort', 'id:asc')).toEqual([...ids].sort());
  });

  it('shows an administrator all projects, or one', async () => {
    const admin = cinder.as(world.admin);

    expect(await listed(admin, '--all-tenants')).toEqual(expect.arrayContaining([foreign, ...ids]));
    expect(await listed(admin, '--all-tenants', '1', '--volume-id', volume)).toHaveLength(3);
    expect(await listed(admin, '--tenant', PROJECT_2)).toEqual([foreign]);
    expect(await listed(admin, '--tenant', PROJECT_1)).not.toContain(foreign);
    expect(await listed(cinder, '--all-tenants')).not.toContain(foreign);
  });
});
