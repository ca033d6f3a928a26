import { randomUUID } from 'node:crypto';
import { volumeIs } from '../contract/calls';
import { PROJECT_2 } from '../support/world';
import { type ClientWorld, startClientWorld } from './client-world';
import { CinderCli } from './cinder-cli';
import { aName, isAvailable, isDeleted, isOfSize, shownVolume } from './fixtures';

let world: ClientWorld;
let cinder: CinderCli;
let admin: CinderCli;
beforeAll(async () => {
  world = await startClientWorld();
  cinder = CinderCli.of(world);
  admin = cinder.as(world.admin);
});
afterAll(() => world.stop());

describe('cinder create and show', () => {
  it('makes a volume with every option, and waits for it', async () => {
    const [name, type] = [aName(), aName('type')];
    await world.request('POST', '/v3/types', { volume_type: { name: type } }, { 'X-Auth-Token': world.admin });
    const options = ['--name', name, '--description', 'for tests', '--volume-type', type, '--availability-zone', 'nova'];

    const made = await cinder.show(
      'create',
      '2',
      ...options,
      '--metadata',
      'a=1',
      'b=2',
      '--hint',
      'same_host=x',
      '--hint',
      'same_host=y',
      '--poll',
    );

    expect(made).toMatchObject({ name, status: 'available', size: '2', volume_type: type, availability_zone: 'nova' });
    expect(await shownVolume(world, made.id ?? '')).toMatchObject({
      name,
      description: 'for tests',
      size: 2,
      volume_type: type,
      metadata: { a: '1', b: '2' },
    });
    expect(world.ledger.volumes).toContain(made.id);
  });

  it('makes one at the oldest microversion too', async () => {
    const made = await cinder.at('3.0').show('create', '1', '--display-name', aName());

    expect(await shownVolume(world, made.id ?? '')).toMatchObject({ size: 1 });
  });

  it.each([
    ['--snapshot-id', 'snapshot_id'],
    ['--source-volid', 'source_volid'],
    ['--image-id', 'imageRef'],
    ['--backup-id', 'backup_id'],
  ])('refuses to make one from %s, since there is nothing to make it from', async (option, key) => {
    expect(await cinder.refused('create', '1', option, randomUUID())).toContain(`a volume can not be created from ${key} here.`);
  });

  it('shows a volume by its name, and an administrator where it is', async () => {
    const [id, name] = [await world.volume(), aName()];
    await world.request('PUT', `/v3/volumes/${id}`, { volume: { name } });

    expect(await cinder.show('show', name)).toMatchObject({ id, name, status: 'available', bootable: 'false', multiattach: 'False' });
    expect(await admin.show('show', id)).toMatchObject({ 'os-vol-host-attr:host': `${world.backend}#fake` });
  });
});

describe('cinder list', () => {
  let ids: string[];
  let names: string[];
  let foreign: string;
  /** No other test's volume has it. */
  const mark = aName('mark');
  beforeAll(async () => {
    names = ['a', 'b', 'c'].map((letter) => `${letter}-${mark}`);
    ids = [];
    for (const name of names) {
      const made = await world.request('POST', '/v3/volumes', { volume: { name, size: 1, metadata: { mark } } });
      ids.push(made.body.volume.id as string);
    }
    for (const id of ids) await isAvailable(world, id);
    await world.request('POST', `/v3/volumes/${ids[1]}/action`, { 'os-set_bootable': { bootable: true } });
    foreign = await world.volume({ token: world.stranger });
  });

  const listed = async (as: CinderCli, ...words: string[]) => (await as.list('list', ...words)).map((row) => row.ID);
  const marked = (...words: string[]) => listed(cinder, '--metadata', `mark=${mark}`, ...words);

  it('shows what there is of the project', async () => {
    const rows = await cinder.list('list');

    expect(rows).toContainEqual(expect.objectContaining({ ID: ids[1], Status: 'available', Name: names[1], Size: '1', Bootable: 'true' }));
    expect(rows.map((row) => row.ID)).not.toContain(foreign);
  });

  it.each([
    ['--name', () => [names[0] ?? ''], [0]],
    ['--status', () => ['available'], [0, 1, 2]],
    ['--status', () => ['error'], []],
    ['--bootable', () => ['True'], [1]],
    ['--bootable', () => ['false'], [0, 2]],
    ['--filters', () => [`name=${'b'}-${mark}`], [1]],
    ['--limit', () => ['2', '--sort', 'created_at:asc'], [0, 1]],
  ])('selects by %s', async (option, values, expected) => {
    expect((await marked(option, ...values())).sort()).toEqual(expected.map((i) => ids[i]).sort());
  });

  it('selects by metadata as a filter too, and by how a migration goes for an administrator', async () => {
    expect((await listed(cinder, '--filters', `metadata={mark:${mark}}`)).sort()).toEqual([...ids].sort());
    const [migrating, failed] = [await world.volume(), await world.volume()];
    await volumeIs(world, migrating, { migration_status: 'migrating' });
    await volumeIs(world, failed, { migration_status: 'error' });
    expect(await listed(admin, '--migration_status', 'migrating')).toEqual([migrating]);
  });

  it('pages and sorts', async () => {
    const [one, two, three] = ids;

    expect(await marked('--sort', 'created_at:asc', '--marker', one ?? '')).toEqual([two, three]);
    expect(await marked('--sort', 'name:desc')).toEqual([three, two, one]);
    expect(await marked('--sort', 'bootable:desc,size,name:asc')).toEqual([two, one, three]);
    expect(await marked('--sort', 'id:asc')).toEqual([...ids].sort());
  });

  it('counts, and shows the fields that are asked for', async () => {
    expect(await cinder.run('list', '--with-count', '--limit', '1', '--metadata', `mark=${mark}`)).toContain('Volume in total: 3');
    const [row] = await cinder.list('list', '--fields', 'name,size', '--name', names[2] ?? '');
    expect(row).toEqual({ ID: ids[2], Name: names[2], Size: '1' });
  });

  it('shows an administrator all projects, or one', async () => {
    expect(await listed(admin, '--all-tenants')).toEqual(expect.arrayContaining([foreign, ...ids]));
    expect(await listed(admin, '--tenant', PROJECT_2)).toEqual([foreign]);
    expect(await listed(cinder, '--all-tenants')).not.toContain(foreign);
  });

  it('follows the links of short pages to the end', async () => {
    const short = await startClientWorld({ gateway: { OSAPI_MAX_LIMIT: 2 } });
    try {
      const made = [await short.volume(), await short.volume(), await short.volume()];

      expect((await CinderCli.of(short).list('list')).map((row) => row.ID).sort()).toEqual(made.sort());
    } finally {
      await short.stop();
    }
  });
});

describe('cinder, what changes a volume', () => {
  it('rename', async () => {
    const [id, name] = [await world.volume(), aName()];

    await cinder.run('rename', id, name, '--description', 'new');

    expect(await shownVolume(world, id)).toMatchObject({ name, description: 'new' });
  });

  it.each(['3.14', '3.70'])('metadata, metadata-show and metadata-update-all at %s', async (version) => {
    const [id, then] = [await world.volume(), cinder.at(version)];

    await then.run('metadata', id, 'set', 'a=1', 'b=2', 'c=3');
    await then.run('metadata', id, 'unset', 'a', 'b');

    expect(await shownVolume(world, id)).toMatchObject({ metadata: { c: '3' } });
    expect(await then.list('metadata-show', id)).toEqual([{ 'Metadata-property': 'c', Value: '3' }]);
    await then.run('metadata-update-all', id, 'd=4');
    expect((await shownVolume(world, id)).metadata).toEqual({ d: '4' });
  });

  it('readonly-mode-update, and what is connected then is read-only', async () => {
    const id = await world.volume();

    await cinder.run('readonly-mode-update', id, 'True');

    expect(await cinder.show('show', id)).toMatchObject({ readonly: 'True' });
    expect(await cinder.show('attachment-create', id, randomUUID())).toMatchObject({ attach_mode: 'ro' });
  });

  it('set-bootable', async () => {
    const id = await world.volume();

    await cinder.run('set-bootable', id, 'true');
    expect(await shownVolume(world, id)).toMatchObject({ bootable: 'true' });

    await cinder.run('set-bootable', id, 'False');
    expect(await shownVolume(world, id)).toMatchObject({ bootable: 'false' });
  });

  it('extend', async () => {
    const id = await world.volume();

    await cinder.run('extend', id, '3');

    await isOfSize(world, id, 3);
    expect(await cinder.refused('extend', id, '2')).toContain('HTTP 400');
  });

  it('reset-state, for administrators', async () => {
    const [id, other] = [await world.volume(), await world.volume()];
    await volumeIs(world, id, { migration_status: 'error' });

    await admin.run('reset-state', id, other, '--state', 'error');
    expect([await world.st(id), await world.st(other)]).toEqual([
      ['error', 'detached'],
      ['error', 'detached'],
    ]);

    await admin.run('reset-state', id, '--type', 'volume', '--attach-status', 'attached', '--reset-migration-status');
    expect(await world.volumeRow(id)).toMatchObject({ status: 'error', attach_status: 'attached', migration_status: null });

    await admin.run('reset-state', id, '--state', 'available', '--attach-status', 'detached');
    expect(await world.st(id)).toEqual(['available', 'detached']);
    expect(await cinder.refused('reset-state', id, '--state', 'error')).toContain('HTTP 403');
  });

  it('delete takes several, and --cascade where there are no snapshots', async () => {
    const [one, other, third] = [await world.volume(), await world.volume(), await world.volume()];

    await cinder.run('delete', one, other);
    await cinder.run('delete', '--cascade', third);

    for (const id of [one, other, third]) await isDeleted(world, id);
  });

  it('force-delete, for administrators, where delete is refused', async () => {
    const id = await world.volume();
    await volumeIs(world, id, { status: 'error_deleting' });
    expect(await cinder.refused('delete', id)).toContain('Volume status must be available or error');

    await admin.run('force-delete', id);

    await isDeleted(world, id);
  });

  it('summary, of the project and of all', async () => {
    const mine = await cinder.show('summary');
    const all = await admin.show('summary', '--all-tenants');

    expect(Number(mine.total_count)).toBeGreaterThan(0);
    expect(Number(all.total_count)).toBeGreaterThan(Number(mine.total_count));
  });
});
