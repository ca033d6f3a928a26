import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';
import { refusal, volumeIs } from './calls';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const noSuchKey = (id: string, key: string) => ({
  status: 404,
  body: { itemNotFound: { code: 404, message: `Volume ${id} has no metadata with key ${key}.` } },
});

/** The calls about one volume's metadata. */
async function aVolume(metadata: Record<string, string> = {}) {
  const id = await world.volume({ metadata });
  const call = (method: string, key = '', body?: unknown, headers: Record<string, string> = {}) =>
    world.request(method, `/v3/volumes/${id}/metadata${key && `/${key}`}`, body, headers);
  return { id, call };
}

it('a POST adds to what stands, a PUT takes its place, and a key is set, shown and deleted by itself', async () => {
  const { id, call } = await aVolume({ a: '1' });

  expect(await call('POST', '', { metadata: { b: '2' } })).toMatchObject({ status: 200, body: { metadata: { a: '1', b: '2' } } });
  expect(await call('PUT', '', { metadata: { c: '3' } })).toMatchObject({ status: 200, body: { metadata: { c: '3' } } });
  expect(await call('PUT', 'd', { meta: { d: '4' } })).toMatchObject({ status: 200, body: { meta: { d: '4' } } });
  expect(await call('GET', 'd')).toMatchObject({ status: 200, body: { meta: { d: '4' } } });
  expect(await call('DELETE', 'c')).toMatchObject({ status: 200, text: '' });
  expect((await call('GET')).body).toEqual({ metadata: { d: '4' } });
  expect((await world.request('GET', `/v3/volumes/${id}`)).body.volume.metadata).toEqual({ d: '4' });
});

it('a key that is not there is named, and another project has no such volume', async () => {
  const { id, call } = await aVolume({ a: '1' });
  const stranger = { 'X-Auth-Token': world.stranger };
  const absent = { status: 404, body: { itemNotFound: { message: `Volume ${id} could not be found.` } } };

  expect(await call('GET', 'b')).toMatchObject(noSuchKey(id, 'b'));
  expect(await call('DELETE', 'b')).toMatchObject(noSuchKey(id, 'b'));
  expect(await call('GET', '', undefined, stranger)).toMatchObject(absent);
  expect(await call('PUT', '', { metadata: {} }, stranger)).toMatchObject(absent);
  expect(await call('DELETE', 'a', undefined, stranger)).toMatchObject(absent);
  expect((await world.request('GET', `/v3/volumes/${randomUUID()}/metadata`)).status).toBe(404);
});

it.each([
  ['nothing', '', {}, "'metadata' is a required property"],
  ['a number', '', { metadata: { a: 1 } }, "1 is not of type 'string'"],
  ['a value of 256 characters', '', { metadata: { a: 'x'.repeat(256) } }, 'is too long'],
  ['a key of 256 characters', '', { metadata: { ['k'.repeat(256)]: 'x' } }, 'does not match any of the regexes'],
  ['more than metadata', '', { metadata: {}, more: 1 }, "Additional properties are not allowed ('more' was unexpected)"],
  ['another key than its path', 'a', { meta: { b: '1' } }, 'Request body and URI mismatch'],
  ['two keys where its path names one', 'a', { meta: { a: '1', b: '1' } }, 'has too many properties'],
  ['no key where its path names one', 'a', { meta: {} }, 'does not have enough properties'],
])('a PUT with %s is refused', async (_, key, body, text) => {
  const answer = await (await aVolume()).call('PUT', key, body);

  expect([answer.status, answer.body.badRequest.message]).toEqual([400, expect.stringContaining(text)]);
});

it.each(['maintenance', 'uploading'])('a volume in %s keeps what is said of it', async (status) => {
  const { id, call } = await aVolume({ a: '1' });
  await volumeIs(world, id, { status });
  const refused = (verb: string) => refusal(`Invalid volume: ${verb} volume metadata is not allowed for volumes in ${status} status.`);

  expect(await call('POST', '', { metadata: { b: '2' } })).toMatchObject(refused('Updating'));
  expect(await call('PUT', 'a', { meta: { a: '2' } })).toMatchObject(refused('Updating'));
  expect(await call('DELETE', 'a')).toMatchObject(refused('Deleting'));
  expect(await call('DELETE', 'b')).toMatchObject(noSuchKey(id, 'b'));
  expect((await call('GET')).body).toEqual({ metadata: { a: '1' } });
});

it('given a tag that was read, a change happens only while nobody else has made one', async () => {
  const { call } = await aVolume({ a: '1' });
  const tag = (await call('GET')).headers.get('etag') ?? '';

  const first = await call('PUT', '', { metadata: { a: '2' } }, { 'If-Match': `"${tag}"` });
  const second = await call('PUT', 'a', { meta: { a: '3' } }, { 'If-Match': tag });

  expect([first.status, second.status]).toEqual([200, 412]);
  expect((await call('GET')).body).toEqual({ metadata: { a: '2' } });
  expect((await call('GET', '', undefined, { 'OpenStack-API-Version': 'volume 3.14' })).headers.get('etag')).toBeNull();
});

it('of many who add a key at the same time nobody loses his', async () => {
  const { call } = await aVolume();
  const keys = ['a', 'b', 'c', 'd', 'e'];

  await Promise.all(keys.map((key) => call('PUT', key, { meta: { [key]: 'x' } })));

  expect(Object.keys((await call('GET')).body.metadata as object).sort()).toEqual(keys);
});
