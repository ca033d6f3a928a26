import { PROJECT_1 } from '../support/world';
import { type ClientWorld, startClientWorld } from './client-world';
import { CinderCli } from './cinder-cli';
import { aName, asAdmin } from './fixtures';

const DEFAULT = 'bronze';

let world: ClientWorld;
let cinder: CinderCli;
let admin: CinderCli;
beforeAll(async () => {
  world = await startClientWorld({ gateway: { DEFAULT_VOLUME_TYPE: DEFAULT, KEY_MANAGER: 'fixed' } });
  cinder = CinderCli.of(world);
  admin = cinder.as(world.admin);
  await asAdmin(world, 'POST', '/v3/types', { volume_type: { name: DEFAULT } });
});
afterAll(() => world.stop());

const shown = async (id: string) => (await asAdmin(world, 'GET', `/v3/types/${id}`)).body.volume_type as Record<string, unknown>;

async function aType(more: Record<string, unknown> = {}) {
  const name = aName('type');
  const { body } = await asAdmin(world, 'POST', '/v3/types', { volume_type: { name, ...more } });
  return { name, id: body.volume_type.id as string };
}

describe('cinder, types', () => {
  it('type-create with every option, which others do not see in type-list', async () => {
    const name = aName('type');

    const [made] = await admin.list('type-create', name, '--description', 'hidden', '--is-public', 'False');

    expect(made).toEqual({ ID: expect.any(String) as string, Name: name, Description: 'hidden', Is_Public: 'False' });
    expect(await shown(made?.ID ?? '')).toMatchObject({ name, is_public: false });
    expect(await admin.list('type-list')).toContainEqual(made);
    expect(await admin.list('type-list', '--filters', 'is_public=False')).toContainEqual(made);
    expect((await cinder.list('type-list')).map((row) => row.Name)).not.toContain(name);
    expect(await cinder.refused('type-create', aName('type'))).toContain(
      "Policy doesn't allow volume_extension:type_create to be performed.",
    );
  });

  it('type-show by name and by id, and type-update', async () => {
    const [{ id, name }, renamed] = [await aType({ description: 'first' }), aName('type')];
    expect(await cinder.show('type-show', name)).toMatchObject({ id, name, description: 'first', is_public: 'True' });

    await admin.run('type-update', id, '--name', renamed, '--description', 'second', '--is-public', 'false');

    expect(await admin.show('type-show', id)).toMatchObject({ name: renamed, description: 'second', is_public: 'False' });
  });

  it('type-key makes multiattach volumes, extra-specs-list shows it, and type-key unset ends it', async () => {
    const { id, name } = await aType();

    await admin.run('type-key', name, 'set', 'multiattach=<is> True', 'a=1');

    expect(await cinder.show('create', '1', '--volume-type', name)).toMatchObject({ multiattach: 'True' });
    expect((await admin.list('extra-specs-list')).find((row) => row.ID === id)?.extra_specs).toContain("'multiattach': '<is> True'");
    await admin.run('type-key', id, 'unset', 'multiattach', 'a');
    expect((await shown(id)).extra_specs).toEqual({});
  });

  it('type-default', async () => {
    expect(await cinder.list('type-default')).toMatchObject([{ Name: DEFAULT }]);
  });

  it('type-delete takes several', async () => {
    const [one, other] = [await aType(), await aType()];

    await admin.run('type-delete', one.id, other.name);

    for (const { id } of [one, other]) expect((await asAdmin(world, 'GET', `/v3/types/${id}`)).status).toBe(404);
  });
});

describe('cinder, encryption of types', () => {
  it('encryption-type-create with every option, -show, -list, -update and -delete', async () => {
    const { id, name } = await aType();
    const row = { 'Volume Type ID': id, Provider: 'luks', Cipher: 'aes-xts-plain64', 'Key Size': '256', 'Control Location': 'back-end' };
    const how = ['--cipher', 'aes-xts-plain64', '--key-size', '256', '--control-location', 'back-end'];

    expect(await admin.list('encryption-type-create', name, 'luks', ...how)).toEqual([row]);
    expect(await admin.list('encryption-type-show', name)).toEqual([row]);
    expect(await admin.list('encryption-type-list')).toContainEqual(row);

    const other = ['--provider', 'luks2', '--cipher', '--key-size', '512', '--control-location', 'front-end'];
    await admin.run('encryption-type-update', name, ...other);
    expect((await asAdmin(world, 'GET', `/v3/types/${id}/encryption`)).body).toMatchObject({
      provider: 'luks2',
      cipher: null,
      key_size: 512,
      control_location: 'front-end',
    });

    await admin.run('encryption-type-delete', id);
    expect(await admin.list('encryption-type-show', id)).toEqual([]);
  });

  it('a volume of such a type is encrypted', async () => {
    const { name } = await aType();
    await admin.run('encryption-type-create', name, 'luks');

    expect(await cinder.show('create', '1', '--volume-type', name)).toMatchObject({ encrypted: 'True' });
  });
});

describe('cinder, what the service says of itself', () => {
  it('version-list and api-version', async () => {
    const said = await cinder.run('version-list');
    expect(said).toContain('Server supported API versions:');
    expect(said).toMatch(/v3\.0\s+\| CURRENT \| 2023-08-31T00:00:00Z \| 3\.0\s+\| 3\.71/);
    expect(await cinder.list('api-version')).toEqual([{ ID: 'v3.0', Status: 'CURRENT', Version: '3.71', Min_version: '3.0' }]);
  });

  it('absolute-limits, of the project and of another, and rate-limits', async () => {
    await world.volume();
    const rows = await cinder.list('absolute-limits');

    expect(rows).toContainEqual({ Name: 'maxTotalVolumes', Value: '-1' });
    expect(Number(rows.find(({ Name }) => Name === 'totalVolumesUsed')?.Value)).toBeGreaterThan(0);
    expect(await admin.list('absolute-limits', PROJECT_1.replace('8', '7'))).toContainEqual({ Name: 'totalVolumesUsed', Value: '0' });
    expect(await cinder.list('rate-limits')).toEqual([]);
  });

  it('list-filters, of everything and of one resource', async () => {
    expect((await cinder.list('list-filters')).map((row) => row.Resource).sort()).toEqual(['attachment', 'volume']);
    expect(await cinder.list('list-filters', '--resource', 'attachment')).toEqual([
      { Resource: 'attachment', Filters: 'volume_id, status, instance_id, attach_status' },
    ]);
  });

  it('a microversion below one that a command needs is said by the client itself', async () => {
    expect(await cinder.at('3.26').refused('attachment-list')).toContain('attachment-list');
  });
});
