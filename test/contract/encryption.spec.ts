import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';
import { refusal, volumeIs } from './calls';

const FIXED_KEY = '00000000-0000-0000-0000-000000000000';
const LUKS = { provider: 'luks', control_location: 'front-end', cipher: 'aes-xts-plain64', key_size: 256 };

let world: World;
let keyless: World;
beforeAll(async () => {
  world = await startWorld({ gateway: { KEY_MANAGER: 'fixed' } });
  keyless = await startWorld({ workers: 0 });
}, 180_000);
afterAll(async () => {
  await world.stop();
  await keyless.stop();
});

const asAdmin = (method: string, path: string, body?: unknown, where = world) =>
  where.request(method, path, body, { 'X-Auth-Token': where.admin });

async function aType(encryption: object | null = LUKS, extra_specs: Record<string, string> = {}, where = world) {
  const name = `t-${randomUUID()}`;
  const { body } = await asAdmin('POST', '/v3/types', { volume_type: { name, extra_specs } }, where);
  const id = body.volume_type.id as string;
  if (encryption) await asAdmin('POST', `/v3/types/${id}/encryption`, { encryption }, where);
  return { id, name, path: `/v3/types/${id}/encryption` };
}
const volumeOf = (type: { name: string }, where = world) =>
  where.request('POST', '/v3/volumes', { volume: { size: 1, volume_type: type.name } });

it('a type is told how its volumes are encrypted, asked for it, told something else, and told no more', async () => {
  const { id, path } = await aType(null);
  expect((await asAdmin('GET', path)).body).toEqual({});

  const made = await asAdmin('POST', path, { encryption: LUKS });
  const record = { ...LUKS, volume_type_id: id, encryption_id: expect.any(String) as string };
  expect(made).toMatchObject({ status: 200, body: { encryption: record } });
  expect((await asAdmin('GET', path)).body).toEqual({
    ...record,
    created_at: expect.stringMatching(/^\d{4}-/) as string,
    updated_at: null,
    deleted_at: null,
    deleted: false,
  });
  expect((await asAdmin('GET', `${path}/cipher`)).body).toEqual({ cipher: 'aes-xts-plain64' });

  const change = { encryption: { key_size: '512', cipher: null } };
  expect(await asAdmin('PUT', `${path}/provider`, change)).toMatchObject({ status: 200, body: change });
  expect((await asAdmin('GET', path)).body).toMatchObject({ provider: 'luks', key_size: 512, cipher: null });
  expect(await asAdmin('DELETE', `${path}/provider`)).toMatchObject({ status: 202, text: '' });
  expect((await asAdmin('GET', path)).body).toEqual({});
});

it('what is there is not made again, and what is not there is neither shown, changed nor deleted', async () => {
  const [encrypted, plain] = [await aType(), await aType(null)];
  const absent = {
    status: 404,
    body: { itemNotFound: { message: `Volume type encryption for type ${plain.id} does not exist.` } },
  };

  expect(await asAdmin('POST', encrypted.path, { encryption: LUKS })).toMatchObject(
    refusal(`Volume type encryption for type ${encrypted.id} already exists.`),
  );
  expect(await asAdmin('GET', `${plain.path}/cipher`)).toMatchObject(absent);
  expect(await asAdmin('PUT', `${plain.path}/provider`, { encryption: {} })).toMatchObject(absent);
  expect(await asAdmin('DELETE', `${plain.path}/provider`)).toMatchObject(absent);
  expect((await asAdmin('GET', `/v3/types/${randomUUID()}/encryption`)).status).toBe(404);
});

it('of many who tell a type at once one is heard, and the others are told that it is', async () => {
  const { path } = await aType(null);

  const answers = await Promise.all(Array.from({ length: 5 }, () => asAdmin('POST', path, { encryption: LUKS })));

  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
});

it.each([
  ['without a provider', { control_location: 'front-end' }, "'provider' is a required property"],
  ['by a provider that is no text', { ...LUKS, provider: 1 }, "1 is not of type 'string'"],
  ['at a place that is none', { ...LUKS, control_location: 'here' }, "'here' is not one of ['front-end', 'back-end']"],
  ['with a key of fewer than no bits', { ...LUKS, key_size: -1 }, '-1 is less than the minimum of 0'],
  ['with more than is known of one', { ...LUKS, salt: 'x' }, "Additional properties are not allowed ('salt' was unexpected)"],
])('an encryption %s is refused', async (_, encryption, text) => {
  const answer = await asAdmin('POST', (await aType(null)).path, { encryption });

  expect([answer.status, answer.body.badRequest.message]).toEqual([400, expect.stringContaining(text)]);
});

it.each([
  ['GET', '', undefined, 'get'],
  ['POST', '', { encryption: LUKS }, 'create'],
  ['PUT', '/provider', { encryption: {} }, 'update'],
  ['DELETE', '/provider', undefined, 'delete'],
])('only administrators may %s it', async (method, more, body, rule) => {
  const { path } = await aType();

  expect(await world.request(method, `${path}${more}`, body)).toMatchObject({
    status: 403,
    body: { forbidden: { message: `Policy doesn't allow volume_extension:volume_type_encryption:${rule} to be performed.` } },
  });
});

it('given a volume of the type, nothing of its encryption changes', async () => {
  const [encrypted, plain] = [await aType(), await aType(null)];
  await volumeOf(encrypted);
  await volumeOf(plain);
  const used = (verb: string) => refusal(`Cannot ${verb} encryption specs. Volume type in use.`);

  expect(await asAdmin('POST', plain.path, { encryption: LUKS })).toMatchObject(used('create'));
  expect(await asAdmin('PUT', `${encrypted.path}/provider`, { encryption: { key_size: 1 } })).toMatchObject(used('update'));
  expect(await asAdmin('DELETE', `${encrypted.path}/provider`)).toMatchObject(used('delete'));
  expect((await asAdmin('GET', encrypted.path)).body).toMatchObject(LUKS);
});

it('a volume of an encrypted type has the fixed key, which compute asks for and connection_info announces', async () => {
  const made = await volumeOf(await aType());
  const id = made.body.volume.id as string;
  await world.settled();

  const { body } = await world.request('GET', `/v3/volumes/${id}/encryption`);
  const value = await world.request('GET', `/v3/volumes/${id}/encryption/encryption_key_id`);
  const shown = await world.request('GET', `/v3/volumes/${id}`, undefined, { 'OpenStack-API-Version': 'volume 3.64' });
  const { connectionInfo } = await world.attachingAttachment(id);

  expect(body).toEqual({ encryption_key_id: FIXED_KEY, ...LUKS });
  expect([value.status, value.text]).toEqual([200, FIXED_KEY]);
  expect((await world.request('GET', `/v3/volumes/${id}/encryption/key_size`)).text).toBe('256');
  expect(shown.body.volume).toMatchObject({ encrypted: true });
  expect(Object.keys(shown.body.volume as object)).not.toContain('encryption_key_id');
  expect(connectionInfo).toMatchObject({ encrypted: true });
});

it('a key of its own, as another service may have made it, is shown', async () => {
  const id = await world.volume();
  const key = randomUUID();
  await volumeIs(world, id, { encryption_key_id: key });

  expect((await world.request('GET', `/v3/volumes/${id}/encryption`)).body).toEqual({ encryption_key_id: key });
  const shown = await world.request('GET', `/v3/volumes/${id}`, undefined, { 'OpenStack-API-Version': 'volume 3.64' });
  expect(shown.body.volume).toMatchObject({ encrypted: true, encryption_key_id: key });
});

it('case 221: a volume that is not encrypted has no key', async () => {
  const id = await world.volume();
  const at = `/v3/volumes/${id}/encryption`;

  expect((await world.request('GET', at)).body).toEqual({ encryption_key_id: null });
  expect(await world.request('GET', `${at}/encryption_key_id`)).toMatchObject({ status: 200, text: '' });
  expect((await world.request('GET', `${at}/cipher`)).status).toBe(404);
  expect((await world.request('GET', at, undefined, { 'X-Auth-Token': world.stranger })).status).toBe(404);
});

it('several servers do not share an encrypted volume, and without a key manager there is none', async () => {
  const shared = await aType(LUKS, { multiattach: '<is> True' });
  const unheld = await aType(LUKS, {}, keyless);

  expect(await volumeOf(shared)).toMatchObject(refusal('Invalid volume: Multiattach cannot be used with encrypted volumes.'));
  expect(await volumeOf(unheld, keyless)).toMatchObject(
    refusal(`Invalid input received: volume type ${unheld.name} is encrypted, and no key manager is configured here (KEY_MANAGER).`),
  );
});
