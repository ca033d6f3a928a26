import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';
import { failure, refusal } from './calls';

const DEFAULT = 'silver';

let world: World;
beforeAll(async () => {
  world = await startWorld({ gateway: { DEFAULT_VOLUME_TYPE: DEFAULT, MAX_VOLUME_SIZE_GB: 100 } });
}, 120_000);
afterAll(() => world.stop());

const asAdmin = (method: string, path: string, body?: unknown) => world.request(method, path, body, { 'X-Auth-Token': world.admin });

async function aType(more: Record<string, unknown> = {}, name = `t-${randomUUID()}`) {
  const { body } = await asAdmin('POST', '/v3/types', { volume_type: { name, ...more } });
  return body.volume_type as { id: string; name: string };
}
const volumeOf = (volume: Record<string, unknown>) => world.request('POST', '/v3/volumes', { volume });

it('given a default type that nobody has made, it is not found, and a volume without a type is a fault of the service', async () => {
  const text = 'Default volume type can not be found.';

  expect(await world.request('GET', '/v3/types/default')).toMatchObject({ status: 404, body: { itemNotFound: { message: text } } });
  expect(await volumeOf({ size: 1 })).toMatchObject(
    failure(`The request cannot be fulfilled as the default volume type ${DEFAULT} cannot be found.`),
  );
});

it('a volume for which no type was asked is of the default type, which everybody sees and nobody deletes', async () => {
  const { id } = await aType({ 'os-volume-type-access:is_public': false }, DEFAULT);
  const other = await aType();

  expect((await world.request('GET', '/v3/types/default')).body.volume_type).toMatchObject({ id, name: DEFAULT });
  expect((await volumeOf({ size: 1 })).body.volume).toMatchObject({ volume_type: DEFAULT });
  expect((await volumeOf({ size: 1, volume_type: other.name })).body.volume).toMatchObject({ volume_type: other.name });
  expect(await asAdmin('DELETE', `/v3/types/${id}`)).toMatchObject(
    refusal(`The volume type ${id} is a default volume type and cannot be deleted.`),
  );
});

it('a volume larger than the service allows is over a quota, one larger than its type allows is refused', async () => {
  const type = await aType({ extra_specs: { 'provisioning:max_vol_size': '10' } });

  expect(await volumeOf({ size: 101, volume_type: (await aType()).id })).toMatchObject({
    status: 413,
    body: { overLimit: { message: 'VolumeSizeExceedsLimit: Requested volume size 101G is larger than maximum allowed limit 100G.' } },
  });
  expect(await volumeOf({ size: 11, volume_type: type.id })).toMatchObject(
    refusal(
      `Invalid input received: Specified volume size of '11' is greater than the maximum allowable size of '10' for volume type '${type.name}'.`,
    ),
  );
});

it('an administrator lists public types, others, or all of them; nobody else sees what is not public', async () => {
  const open = await aType();
  const hidden = await aType({ 'os-volume-type-access:is_public': false });
  const listed = async (query: string, token: string) => {
    const { body } = await world.request('GET', `/v3/types${query}`, undefined, { 'X-Auth-Token': token });
    const ids = (body.volume_types as { id: string }[]).map(({ id }) => id);
    return [ids.includes(open.id), ids.includes(hidden.id)];
  };

  expect(await listed('', world.admin)).toEqual([true, false]);
  expect(await listed('?is_public=None', world.admin)).toEqual([true, true]);
  expect(await listed('?is_public=false', world.admin)).toEqual([false, true]);
  expect(await listed('?is_public=None', world.member)).toEqual([true, false]);
  expect((await world.request('GET', `/v3/types/${hidden.id}`)).status).toBe(404);
  expect(await asAdmin('GET', '/v3/types?is_public=maybe')).toMatchObject(refusal('Invalid is_public filter [maybe]'));
});

it('a type is renamed, described and withdrawn; only its administrator reads which qos it has', async () => {
  const { id } = await aType({ description: 'first' });
  const name = `renamed-${randomUUID()}`;

  const changed = await asAdmin('PUT', `/v3/types/${id}`, { volume_type: { name, is_public: 'false' } });

  expect(changed).toMatchObject({ status: 200, body: { volume_type: { id, name, description: 'first', is_public: false } } });
  expect(changed.body.volume_type).toMatchObject({ qos_specs_id: null, 'os-volume-type-access:is_public': false });
  const { volume_type } = (await world.request('GET', `/v3/types/${(await aType()).id}`)).body;
  expect(Object.keys(volume_type as object)).not.toContain('qos_specs_id');
});

it.each([
  ['nothing', {}, 'Specify volume type name, description, is_public or a combination thereof.'],
  ['an empty name', { name: ' ' }, 'Volume type name can not be empty.'],
  ['a key that is not there', { size: 1 }, "Additional properties are not allowed ('size' was unexpected)"],
])('a change of a type to %s is refused', async (_, volume_type, text) => {
  const answer = await asAdmin('PUT', `/v3/types/${(await aType()).id}`, { volume_type });

  expect([answer.status, answer.body.badRequest.message]).toEqual([400, expect.stringContaining(text)]);
});

it('a name that is taken is a conflict, and only administrators change types', async () => {
  const [one, other] = [await aType(), await aType()];

  expect(await asAdmin('PUT', `/v3/types/${one.id}`, { volume_type: { name: other.name } })).toMatchObject({
    status: 409,
    body: { conflictingRequest: { message: `Volume Type ${other.name} already exists.` } },
  });
  expect(await world.request('PUT', `/v3/types/${one.id}`, { volume_type: { name: 'mine' } })).toMatchObject({
    status: 403,
    body: { forbidden: { message: "Policy doesn't allow volume_extension:type_update to be performed." } },
  });
});
