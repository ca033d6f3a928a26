import { randomUUID } from 'node:crypto';
import { type ClientWorld, startClientWorld } from './client-world';
import { CinderCli } from './cinder-cli';
import { OpenStackCli } from './openstack-cli';

let world: ClientWorld;
let cinder: CinderCli;
let openstack: OpenStackCli;
beforeAll(async () => {
  world = await startClientWorld({ workers: 0 });
  cinder = CinderCli.of(world).as(world.admin);
  openstack = OpenStackCli.of(world).as(world.admin);
}, 120_000);
afterAll(() => world.stop());

const asAdmin = (method: string, path: string, body?: unknown) => world.request(method, path, body, { 'X-Auth-Token': world.admin });
const aName = (of = 'qos') => `${of}-${randomUUID()}`;
const shown = async (id: string) => (await asAdmin('GET', `/v3/qos-specs/${id}`)).body.qos_specs as Record<string, unknown>;
const isGone = async (id: string) => (await asAdmin('GET', `/v3/qos-specs/${id}`)).status === 404;
const qosOf = async (type: { id: string }): Promise<unknown> =>
  (await asAdmin('GET', `/v3/types/${type.id}`)).body.volume_type.qos_specs_id;

async function aType() {
  const name = aName('type');
  return { name, id: (await asAdmin('POST', '/v3/types', { volume_type: { name } })).body.volume_type.id as string };
}
async function qosSpecs() {
  const name = aName();
  const made = await asAdmin('POST', '/v3/qos-specs', { qos_specs: { name, consumer: 'front-end', read_iops_sec: '7' } });
  return { name, id: made.body.qos_specs.id as string };
}

describe('cinder', () => {
  it('qos-create, qos-show and qos-list', async () => {
    const name = aName();

    const { id = '' } = await cinder.show('qos-create', name, 'consumer=both', 'read_iops_sec=7');

    expect(await shown(id)).toEqual({ id, name, consumer: 'both', specs: { read_iops_sec: '7' } });
    expect(await cinder.show('qos-show', name)).toMatchObject({ id, name, consumer: 'both' });
    expect(await cinder.list('qos-list')).toContainEqual({ ID: id, Name: name, Consumer: 'both', specs: "{'read_iops_sec': '7'}" });
    expect(await CinderCli.of(world).refused('qos-list')).toContain(
      "Policy doesn't allow volume_extension:qos_specs_manage:get_all to be performed.",
    );
  });

  it('qos-key sets and unsets', async () => {
    const { id } = await qosSpecs();

    await cinder.run('qos-key', id, 'set', 'consumer=both', 'write_iops_sec=8');
    expect(await shown(id)).toMatchObject({ consumer: 'both', specs: { read_iops_sec: '7', write_iops_sec: '8' } });

    await cinder.run('qos-key', id, 'unset', 'read_iops_sec');
    expect(await shown(id)).toMatchObject({ specs: { write_iops_sec: '8' } });
    expect(await cinder.refused('qos-key', id, 'unset', 'none')).toContain(`QoS spec ${id} has no spec with key none.`);
  });

  it('qos-associate, qos-get-association, qos-disassociate and qos-disassociate-all', async () => {
    const [{ id }, one, other] = [await qosSpecs(), await aType(), await aType()];

    for (const type of [one, other]) await cinder.run('qos-associate', id, type.id);
    expect([await qosOf(one), await qosOf(other)]).toEqual([id, id]);
    expect(await cinder.list('qos-get-association', id)).toContainEqual({ Association_Type: 'volume_type', Name: one.name, ID: one.id });

    await cinder.run('qos-disassociate', id, one.id);
    expect([await qosOf(one), await qosOf(other)]).toEqual([null, id]);
    await cinder.run('qos-disassociate-all', id);
    expect(await qosOf(other)).toBeNull();
  });

  it('qos-delete, and with --force while a type has them', async () => {
    const [free, used, type] = [await qosSpecs(), await qosSpecs(), await aType()];
    await cinder.run('qos-associate', used.id, type.id);

    await cinder.run('qos-delete', free.id);
    expect(await cinder.refused('qos-delete', used.id)).toContain('Qos specs still in use.');
    await cinder.run('qos-delete', used.name, '--force', 'True');

    expect([await isGone(free.id), await isGone(used.id), await qosOf(type)]).toEqual([true, true, null]);
  });
});

describe('openstack volume qos', () => {
  it('create, show and list', async () => {
    const [name, type] = [aName(), await aType()];

    const made = await openstack.json('volume', 'qos', 'create', name, '--consumer', 'front-end', '--property', 'a=1', '--property', 'b=2');

    expect(made).toMatchObject({ name, consumer: 'front-end', properties: { a: '1', b: '2' } });
    await openstack.run('volume', 'qos', 'associate', name, type.name);
    expect(await openstack.json('volume', 'qos', 'show', name)).toMatchObject({ id: made.id, associations: [type.name] });
    expect(await openstack.json('volume', 'qos', 'list')).toContainEqual({
      ID: made.id,
      Name: name,
      Consumer: 'front-end',
      Associations: [type.name],
      Properties: { a: '1', b: '2' },
    });
  });

  it('set and unset', async () => {
    const { id, name } = await qosSpecs();

    await openstack.run('volume', 'qos', 'set', name, '--property', 'a=1', '--property', 'b=2');
    await openstack.run('volume', 'qos', 'unset', id, '--property', 'a', '--property', 'read_iops_sec');

    expect(await shown(id)).toMatchObject({ consumer: 'front-end', specs: { b: '2' } });
  });

  it('associate and disassociate, from one type and from all', async () => {
    const [{ id, name }, one, other] = [await qosSpecs(), await aType(), await aType()];
    for (const type of [one, other]) await openstack.run('volume', 'qos', 'associate', name, type.name);

    await openstack.run('volume', 'qos', 'disassociate', name, '--volume-type', one.name);
    expect([await qosOf(one), await qosOf(other)]).toEqual([null, id]);
    await openstack.run('volume', 'qos', 'disassociate', name, '--all');
    expect(await qosOf(other)).toBeNull();
  });

  it('delete takes several, and by force those that a type has', async () => {
    const [one, other, used, type] = [await qosSpecs(), await qosSpecs(), await qosSpecs(), await aType()];
    await openstack.run('volume', 'qos', 'associate', used.name, type.name);

    await openstack.run('volume', 'qos', 'delete', one.id, other.name);
    expect(await openstack.refused('volume', 'qos', 'delete', used.id)).toContain('Qos specs still in use.');
    await openstack.run('volume', 'qos', 'delete', '--force', used.id);

    expect(await Promise.all([one, other, used].map(({ id }) => isGone(id)))).toEqual([true, true, true]);
    expect(await qosOf(type)).toBeNull();
  });
});
