import { randomUUID } from 'node:crypto';
import { startWorld, type World } from '../support/world';
import { refusal } from './calls';

const MAX = 3;

let world: World;
/** A member of a project with four volumes, and their ids, newest first. */
let token: string;
let ids: string[];

beforeAll(async () => {
  world = await startWorld({ gateway: { OSAPI_MAX_LIMIT: MAX } });
  const project = randomUUID().replaceAll('-', '');
  token = `pager:${project}:member`;
  const made: string[] = [];
  for (const name of ['d', 'b', 'c', 'a']) {
    const volume = { size: 1, name, metadata: { first: String(name === 'd') } };
    made.unshift((await world.request('POST', '/v3/volumes', { volume }, { 'X-Auth-Token': token })).body.volume.id as string);
  }
  ids = made;
}, 120_000);
afterAll(() => world.stop());

const list = (query: string, { version = '3.45', path = '/v3/volumes' } = {}) =>
  world.request('GET', `${path}${query}`, undefined, { 'X-Auth-Token': token, 'OpenStack-API-Version': `volume ${version}` });
const idsIn = (body: { volumes: { id: string }[] }) => body.volumes.map(({ id }) => id);

it.each(['/v3/volumes', '/v3/volumes/detail'])('the links of %s lead through all volumes, each of them once', async (path) => {
  const seen: string[] = [];
  let { body } = await list('?limit=1&sort=created_at:asc', { path });
  while (body.volumes_links) {
    seen.push(...idsIn(body));
    const next = new URL(body.volumes_links[0].href as string);
    expect(next.pathname).toBe(path.replace('/v3', `/v3/${token.split(':')[1]}`));
    ({ body } = await list(next.search, { path }));
  }

  expect(seen).toEqual([...ids].reverse());
  expect(body).toEqual({ volumes: [] });
});

it('a page without a limit is as long as the longest may be, and a longer one is cut to it', async () => {
  for (const query of ['', '?limit=100']) {
    const { body } = await list(query);

    expect(idsIn(body)).toEqual(ids.slice(0, MAX));
    expect(new URL(body.volumes_links[0].href as string).searchParams.get('marker')).toBe(ids[MAX - 1]);
  }
});

it.each([
  ['a page that is not full', '?limit=3&marker=', () => ids[1]],
  ['an empty page', '?limit=0&with_count=', () => 'true'],
])('%s has no link', async (_, query, end) => {
  expect(Object.keys((await list(`${query}${end()}`)).body as object)).not.toContain('volumes_links');
});

it('the count is that of all pages, whatever the page, of what the filters let through', async () => {
  const count = async (query: string): Promise<unknown> => (await list(`?with_count=true&${query}`)).body.count;

  expect(await count('limit=1')).toBe(4);
  expect(await count('limit=0')).toBe(4);
  expect(await count(`marker=${ids[1]}`)).toBe(4);
  expect(await count('name=a')).toBe(1);
  expect(await count(`metadata=${encodeURIComponent("{'first': 'true'}")}`)).toBe(1);
  expect(await count('name=none')).toBe(0);
});

it.each(['with_count=false', 'with_count=0', ''])('a list with %p has no count', async (query) => {
  expect(Object.keys((await list(`?${query}`)).body as object)).not.toContain('count');
});

it('a count is asked for from 3.45 on, by true or false', async () => {
  expect(Object.keys((await list('?with_count=true', { version: '3.44' })).body as object)).not.toContain('count');
  expect(await list('?with_count=many')).toMatchObject(refusal("Value 'many' for 'with_count' is not a boolean."));
});

it('volumes are sorted by name, and an offset skips from the marker on', async () => {
  const { body } = await list('?sort=name:asc&limit=3');
  const behind = await list(`?limit=1&offset=1&marker=${ids[0]}`);

  expect((body.volumes as { name: string }[]).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(idsIn(behind.body)).toEqual([ids[2]]);
  expect(new URL(behind.body.volumes_links[0].href as string).searchParams.has('offset')).toBe(false);
});

it.each(['constructor', '__proto__', 'neither'])('no volume is bootable as %s', async (word) => {
  for (const path of ['/v3/volumes', '/v3/volumes/detail'])
    expect((await list(`?bootable=${word}`, { path })).body).toEqual({ volumes: [] });
  expect((await list(`?bootable=${word}`, { path: '/v3/volumes/summary' })).body['volume-summary']).toMatchObject({ total_count: 0 });
});

it('volumes are sorted by what the command line calls their name, and by whether they are bootable', async () => {
  await world.request('POST', `/v3/volumes/${ids[2]}/action`, { 'os-set_bootable': { bootable: true } }, { 'X-Auth-Token': token });
  const sorted = async (query: string) => idsIn((await list(`?limit=3&sort=${query}`)).body);
  const [a, c, b] = ids;

  expect(await sorted('display_name:asc')).toEqual([a, b, c]);
  expect((await sorted('bootable:desc'))[0]).toBe(b);
  expect(idsIn((await list(`?sort=display_name:asc&marker=${a}&limit=1`)).body)).toEqual([b]);
  expect(idsIn((await list(`?sort=bootable:desc,name:asc&marker=${b}&limit=1`)).body)).toEqual([a]);
});

it('a marker that is nobody, or of another project, is not found', async () => {
  const foreign = await world.request('POST', '/v3/volumes', { volume: { size: 1 } });

  for (const marker of [randomUUID(), foreign.body.volume.id as string]) {
    expect(await list(`?marker=${marker}`)).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: `Volume ${marker} could not be found.` } },
    });
  }
});

it('an administrator lists his own project, unless he asks for all', async () => {
  const admin = `root:${randomUUID().replaceAll('-', '')}`;
  const seen = async (query: string): Promise<unknown> =>
    (await world.request('GET', `/v3/volumes${query}`, undefined, { 'X-Auth-Token': admin })).body.volumes;

  expect(await seen('')).toEqual([]);
  expect(await seen('?all_tenants=0')).toHaveLength(MAX);
  expect(await seen(`?all_tenants=1&project_id=${token.split(':')[1]}&name=a`)).toEqual([expect.objectContaining({ id: ids[0] })]);
});
