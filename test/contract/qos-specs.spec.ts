import { randomUUID } from 'node:crypto';
import { until } from '../support/until';
import { aConnector, PROJECT_1, startWorld, type World } from '../support/world';
import { actOnVolume, refusal, update } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld({ gateway: { OSAPI_MAX_LIMIT: 3 } })), 120_000);
afterAll(() => world.stop());

const GOLD = { read_iops_sec: '100', total_bytes_sec: '1048576' };

const asAdmin = (method: string, path: string, body?: unknown) => world.request(method, path, body, { 'X-Auth-Token': world.admin });
interface Page {
  qos_specs: { id: string }[];
  qos_specs_links?: { href: string }[];
}

const aName = () => `q-${randomUUID()}`;

async function qosSpecs(specs: Record<string, string> = GOLD) {
  const { status, body } = await asAdmin('POST', '/v3/qos-specs', { qos_specs: { name: aName(), ...specs } });
  expect(status).toBe(200);
  const { id, name } = body.qos_specs as { id: string; name: string };
  return { id, name, path: `/v3/qos-specs/${id}` };
}
async function aType(): Promise<string> {
  return (await asAdmin('POST', '/v3/types', { volume_type: { name: aName() } })).body.volume_type.id as string;
}
const qosOf = async (type: string): Promise<unknown> => (await asAdmin('GET', `/v3/types/${type}`)).body.volume_type.qos_specs_id;
const rowOf = async (id: string) => (await world.query('select * from qos_specs where id = $1', [id]))[0];
const typesOf = async (path: string): Promise<unknown> => (await asAdmin('GET', `${path}/associations`)).body;
const notFound = (message: string) => ({ status: 404, body: { itemNotFound: { code: 404, message } } });

it('they are made, shown with their links, and kept by the storage where nobody else is named', async () => {
  const name = aName();

  const made = await asAdmin('POST', '/v3/qos-specs', { qos_specs: { name: `  ${name} `, ...GOLD } });

  const { id } = made.body.qos_specs as { id: string };
  expect(made).toMatchObject({ status: 200, body: { qos_specs: { id, name, consumer: 'back-end', specs: GOLD } } });
  expect((made.body.links as { rel: string; href: string }[]).map(({ rel, href }) => [rel, new URL(href).pathname])).toEqual([
    ['self', `/v3/${PROJECT_1}/qos-specs/${id}`],
    ['bookmark', `/${PROJECT_1}/qos-specs/${id}`],
  ]);
  expect((await asAdmin('GET', `/v3/qos-specs/${id}`)).body).toEqual(made.body);
  expect((await asAdmin('GET', `/v3/${PROJECT_1}/qos-specs/${id}`)).body).toEqual(made.body);
  expect(await rowOf(id)).toEqual({
    id,
    name,
    consumer: 'back-end',
    specs: GOLD,
    created_at: expect.any(Date) as Date,
    updated_at: null,
  });
});

it('specs are added and changed, the consumer too, and the answer is what was sent', async () => {
  const { id, path } = await qosSpecs();
  const change = { qos_specs: { consumer: 'both', read_iops_sec: '7', 'x.y:z': 'w' } };

  expect(await asAdmin('PUT', path, change)).toMatchObject({ status: 200, body: change });

  expect(await rowOf(id)).toMatchObject({
    consumer: 'both',
    specs: { ...GOLD, read_iops_sec: '7', 'x.y:z': 'w' },
    updated_at: expect.any(Date) as Date,
  });
  await asAdmin('PUT', path, { qos_specs: {} });
  expect(await rowOf(id)).toMatchObject({ consumer: 'both' });
});

it('keys are taken away, all that are named or none', async () => {
  const { id, path } = await qosSpecs();
  const remove = (...keys: unknown[]) => asAdmin('PUT', `${path}/delete_keys`, { keys });

  expect(await remove('read_iops_sec', 'none')).toMatchObject(notFound(`QoS spec ${id} has no spec with key none.`));
  expect((await rowOf(id))?.specs).toEqual(GOLD);
  expect(await remove('read_iops_sec')).toMatchObject({ status: 202, text: '' });
  expect((await rowOf(id))?.specs).toEqual({ total_bytes_sec: '1048576' });
  const twice = await remove('a', 'a');
  expect([twice.status, twice.body.badRequest.message]).toEqual([400, expect.stringContaining('has non-unique elements')]);
});

it('a name that is taken is a conflict, and free once its specs are gone', async () => {
  const { name, path } = await qosSpecs();
  const again = () => asAdmin('POST', '/v3/qos-specs', { qos_specs: { name } });

  expect(await again()).toMatchObject({ status: 409, body: { conflictingRequest: { message: `QoS Specs ${name} already exists.` } } });
  expect(await asAdmin('DELETE', path)).toMatchObject({ status: 202, text: '' });
  expect((await again()).status).toBe(200);
});

it.each([
  ['without a name', {}, "'name' is a required property"],
  ['with an empty name', { name: '' }, "'' is too short"],
  ['with a name of blanks', { name: '  ' }, "An invalid 'name' value was provided. The 'name' can not be empty."],
  ['with a name that is too long', { name: 'n'.repeat(256) }, 'is too long'],
  ['for a consumer that is none', { name: 'n', consumer: 'compute' }, "'compute' is not one of ['front-end', 'back-end', 'both']"],
  ['with a value that is no text', { name: 'n', read_iops_sec: 7 }, "7 is not of type 'string'"],
  ['with a key that is none', { name: 'n', 'a/b': '7' }, "'a/b' does not match any of the regexes"],
])('specs %s are refused', async (_, qos_specs, text) => {
  const answer = await asAdmin('POST', '/v3/qos-specs', { qos_specs });

  expect([answer.status, answer.body.badRequest.message]).toEqual([400, expect.stringContaining(text)]);
});

it('the list leads through all of them, and is sorted and filtered as lists are', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.unshift((await qosSpecs({ consumer: 'both' })).id);
  const list = async (query: string) => (await asAdmin('GET', `/v3/qos-specs${query}`)).body as Page;
  const idsIn = (page: Page) => page.qos_specs.map(({ id }) => id);

  const first = await list('');
  expect(idsIn(first)).toEqual(ids.slice(0, 3));
  expect(Object.keys(first.qos_specs[0] ?? {})).toEqual(['id', 'name', 'consumer', 'specs']);
  const next = new URL(first.qos_specs_links?.[0]?.href ?? '');
  expect(next.pathname).toBe(`/v3/${PROJECT_1}/qos-specs`);
  expect(idsIn(await list(next.search))[0]).toBe(ids[3]);
  expect(idsIn(await list(`?limit=1&marker=${ids[1]}`))).toEqual([ids[2]]);
  expect(idsIn(await list(`?sort=name:asc&id=${ids[0]}`))).toEqual([ids[0]]);
  expect(await list(`?consumer=front-end&id=${ids[0]}`)).toEqual({ qos_specs: [] });
  expect(await asAdmin('GET', '/v3/qos-specs?sort=specs')).toMatchObject(refusal('Invalid input received: Invalid sort key'));
  const unknown = randomUUID();
  expect(await asAdmin('GET', `/v3/qos-specs?marker=${unknown}`)).toMatchObject(notFound(`No such QoS spec ${unknown}.`));
});

it('a volume type has one or none, which its administrator reads in the type', async () => {
  const [{ id, path }, other, type] = [await qosSpecs(), await qosSpecs(), await aType()];
  const associate = (at: string) => asAdmin('GET', `${at}/associate?vol_type_id=${type}`);
  expect(await qosOf(type)).toBeNull();

  expect(await associate(path)).toMatchObject({ status: 202, text: '' });
  expect((await associate(path)).status).toBe(202);
  expect(await associate(other.path)).toMatchObject(
    refusal(`Invalid volume type: Type ${type} is already associated with another qos specs: ${id}`),
  );

  expect(await qosOf(type)).toBe(id);
  const [{ name }] = (await world.query('select name from volume_types where id = $1', [type])) as [{ name: string }];
  expect(await typesOf(path)).toEqual({ qos_associations: [{ association_type: 'volume_type', name, id: type }] });
  expect((await asAdmin('GET', '/v3/types')).body.volume_types).toContainEqual(expect.objectContaining({ id: type, qos_specs_id: id }));
  const { volume_type } = (await world.request('GET', `/v3/types/${type}`)).body;
  expect(Object.keys(volume_type as object)).not.toContain('qos_specs_id');
});

it('they are taken from a type, and from all of them', async () => {
  const [{ path }, other] = [await qosSpecs(), await qosSpecs()];
  const types = [await aType(), await aType(), await aType()] as const;
  for (const type of types) await asAdmin('GET', `${path}/associate?vol_type_id=${type}`);

  expect((await asAdmin('GET', `${other.path}/disassociate?vol_type_id=${types[0]}`)).status).toBe(202);
  expect(await asAdmin('GET', `${path}/disassociate?vol_type_id=${types[1]}`)).toMatchObject({ status: 202, text: '' });

  expect(await typesOf(path)).toMatchObject({ qos_associations: [{ id: types[0] }, { id: types[2] }] });
  expect(await asAdmin('GET', `${path}/disassociate_all`)).toMatchObject({ status: 202, text: '' });
  expect(await typesOf(path)).toEqual({ qos_associations: [] });
});

it('while a type has them they are deleted by force alone, and then it has none', async () => {
  const [{ id, path }, type] = [await qosSpecs(), await aType()];
  await asAdmin('GET', `${path}/associate?vol_type_id=${type}`);

  for (const query of ['', '?force=False']) {
    expect(await asAdmin('DELETE', `${path}${query}`)).toMatchObject(refusal('Qos specs still in use.'));
  }
  expect(await asAdmin('DELETE', `${path}?force=maybe`)).toMatchObject(refusal("Value 'maybe' for 'force' is not a boolean."));
  expect((await asAdmin('DELETE', `${path}?force=True`)).status).toBe(202);

  expect(await rowOf(id)).toBeUndefined();
  expect(await qosOf(type)).toBeNull();
});

it('a type that is deleted keeps nothing from being deleted, and is in no list of theirs', async () => {
  const [{ path }, type] = [await qosSpecs(), await aType()];
  await asAdmin('GET', `${path}/associate?vol_type_id=${type}`);
  await asAdmin('DELETE', `/v3/types/${type}`);

  expect(await typesOf(path)).toEqual({ qos_associations: [] });
  expect((await asAdmin('DELETE', path)).status).toBe(202);
});

it('of two who give a type its specs at once one is heard, and specs that are deleted meanwhile are in no type', async () => {
  const [one, other, type] = [await qosSpecs(), await qosSpecs(), await aType()];
  const associate = ({ path }: { path: string }, to = type) => asAdmin('GET', `${path}/associate?vol_type_id=${to}`);

  const answers = await Promise.all([one, other].map((specs) => associate(specs)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 400]);

  for (let i = 0; i < 10; i++) {
    const [specs, fresh] = [await qosSpecs(), await aType()];
    const [given, deleted] = await Promise.all([associate(specs, fresh), asAdmin('DELETE', specs.path)]);
    const outcomes = [
      [202, 400],
      [404, 202],
    ];
    expect(outcomes).toContainEqual([given.status, deleted.status]);
    expect(await qosOf(fresh)).toBe(given.status === 202 ? specs.id : null);
  }
});

/** An available volume of a type that has these specs. */
async function volumeWith(specs: Record<string, string>, size = 1) {
  const [{ path }, type] = [await qosSpecs(specs), await aType()];
  expect((await asAdmin('GET', `${path}/associate?vol_type_id=${type}`)).status).toBe(202);
  const made = await world.request('POST', '/v3/volumes', { volume: { size, volume_type: type } });
  const volume = made.body.volume.id as string;
  await until('it is available', async () => (await world.st(volume))[0] === 'available');
  return { volume, type, path };
}
const initialize = async (volume: string): Promise<unknown> =>
  (await actOnVolume(world, volume, 'os-initialize_connection', { connector: aConnector() })).body.connection_info.data.qos_specs;
const shown = async (attachment: string): Promise<unknown> =>
  (await world.request('GET', `/v3/attachments/${attachment}`)).body.attachment.connection_info.qos_specs;

it.each([
  ['front-end', GOLD],
  ['both', GOLD],
  ['back-end', null],
])('case 224: what %s is to keep reaches a host as %j', async (consumer, expected) => {
  const { volume } = await volumeWith({ consumer, ...GOLD });

  expect(await initialize(volume)).toEqual(expected);
  await actOnVolume(world, volume, 'os-terminate_connection', { connector: aConnector() });
  const { id, connectionInfo } = await world.attachedAttachment(volume);

  expect(connectionInfo).toMatchObject({ qos_specs: expected });
  expect(await shown(id)).toEqual(expected);
  expect(await world.attachmentRow(id)).toMatchObject({ attach_status: 'attached', attach_mode: 'rw', deleted: false });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('case 224: a host that is connected keeps what it was told, and is told anew when it is connected again', async () => {
  const { volume, type, path } = await volumeWith({ consumer: 'front-end', ...GOLD });
  const { id } = await world.attachingAttachment(volume);

  await asAdmin('PUT', path, { qos_specs: { read_iops_sec: '7' } });
  expect(await shown(id)).toEqual(GOLD);
  expect((await update(world, id)).body.attachment.connection_info.qos_specs).toEqual({ ...GOLD, read_iops_sec: '7' });
  expect(await shown(id)).toEqual({ ...GOLD, read_iops_sec: '7' });

  await asAdmin('GET', `${path}/disassociate?vol_type_id=${type}`);
  expect((await update(world, id)).body.attachment.connection_info).toMatchObject({ qos_specs: null });
  expect(await shown(id)).toBeNull();
});

it('case 225: what is promised for each GiB is told for a volume of 3, and stays as it was given', async () => {
  const perGib = {
    write_iops_sec_per_gb: '30',
    read_iops_sec_per_gb: '7700',
    total_iops_sec_per_gb: '300000',
    read_bytes_sec_per_gb: '10',
    write_bytes_sec_per_gb: '40',
    total_bytes_sec_per_gb: '1048576',
  };
  const expected = {
    write_iops_sec: 90,
    read_iops_sec: 23100,
    total_iops_sec: 900000,
    read_bytes_sec: 30,
    write_bytes_sec: 120,
    total_bytes_sec: 3145728,
  };
  const { volume, path } = await volumeWith({ consumer: 'front-end', ...perGib }, 3);

  expect(await initialize(volume)).toEqual(expected);
  await actOnVolume(world, volume, 'os-terminate_connection', { connector: aConnector() });
  const { id } = await world.attachedAttachment(volume);

  expect(await shown(id)).toEqual(expected);
  expect((await asAdmin('GET', path)).body.qos_specs).toMatchObject({ consumer: 'front-end', specs: perGib });
  expect(await world.st(volume)).toEqual(['in-use', 'attached']);
});

it('what is not there is not found, and a type must be named', async () => {
  const [{ path }, type, id] = [await qosSpecs(), await aType(), randomUUID()];
  const nowhere = `/v3/qos-specs/${id}`;
  const absent = notFound(`No such QoS spec ${id}.`);

  for (const way of ['', '/associations', '/disassociate_all', `/associate?vol_type_id=${type}`, `/disassociate?vol_type_id=${type}`]) {
    expect(await asAdmin('GET', `${nowhere}${way}`)).toMatchObject(absent);
  }
  expect(await asAdmin('PUT', nowhere, { qos_specs: GOLD })).toMatchObject(absent);
  expect(await asAdmin('PUT', `${nowhere}/delete_keys`, { keys: ['a'] })).toMatchObject(absent);
  for (const query of ['', '?force=true']) expect(await asAdmin('DELETE', `${nowhere}${query}`)).toMatchObject(absent);
  for (const way of ['associate', 'disassociate']) {
    expect(await asAdmin('GET', `${path}/${way}?vol_type_id=${id}`)).toMatchObject(notFound(`Volume type ${id} could not be found.`));
    expect(await asAdmin('GET', `${path}/${way}`)).toMatchObject(refusal('Volume Type id must not be None.'));
  }
});

it.each([
  ['GET', '', undefined, 'get_all'],
  ['POST', '', { qos_specs: { name: 'mine' } }, 'create'],
  ['GET', '/x', undefined, 'get'],
  ['PUT', '/x', { qos_specs: {} }, 'update'],
  ['DELETE', '/x', undefined, 'delete'],
  ['PUT', '/x/delete_keys', { keys: [] }, 'delete'],
  ['GET', '/x/associations', undefined, 'get_all'],
  ['GET', '/x/associate?vol_type_id=t', undefined, 'update'],
  ['GET', '/x/disassociate?vol_type_id=t', undefined, 'update'],
  ['GET', '/x/disassociate_all', undefined, 'update'],
])('only administrators may %s %s', async (method, more, body, rule) => {
  expect(await world.request(method, `/v3/qos-specs${more}`, body)).toMatchObject({
    status: 403,
    body: { forbidden: { code: 403, message: `Policy doesn't allow volume_extension:qos_specs_manage:${rule} to be performed.` } },
  });
});
