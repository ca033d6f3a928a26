import { randomUUID } from 'node:crypto';
import { PROJECT_2, startWorld, type World } from '../support/world';

let world: World;
/** Newest first, as a list has them: two of one instance on one volume, then one on another. */
let mine: { id: string; volume: string; instance: string }[];
let foreign: string;

beforeAll(async () => {
  world = await startWorld();
  const first = await world.reservedAttachment();
  const second = await world.reservedAttachment(first.volume, first.instance);
  const third = await world.reservedAttachment();
  mine = [third, second, first];
  const volume = await world.volume({ token: world.stranger });
  const made = await world.request('POST', '/v3/attachments', { attachment: { volume_uuid: volume } }, { 'X-Auth-Token': world.stranger });
  foreign = made.body.attachment.id as string;
}, 120_000);
afterAll(() => world.stop());

const V = 'OpenStack-API-Version';
const ids = (body: { attachments: { id: string }[] }) => body.attachments.map(({ id }) => id);
const list = (query = '', { as = world.member, version = '3.44' } = {}) =>
  world.request('GET', `/v3/attachments${query}`, undefined, { 'X-Auth-Token': as, [V]: `volume ${version}` });
const absent = (id: string) => ({
  status: 404,
  body: { itemNotFound: { code: 404, message: `Volume attachment could not be found with filter: attachment_id = ${id}.` } },
});
const mineAt = (...at: number[]) => at.map((i) => mine[i]?.id);

it.each([randomUUID(), 'foo'])('case 86: %s is not found', async (id) => {
  expect(await world.request('GET', `/v3/attachments/${id}`)).toMatchObject(absent(id));
});

it('case 83: neither is an attachment of another project', async () => {
  expect(await world.request('GET', `/v3/attachments/${foreign}`)).toMatchObject(absent(foreign));
});

it('case 90: a project lists its own, newest first', async () => {
  const { status, body } = await list();

  expect([status, Object.keys(body), ids(body)]).toEqual([200, ['attachments'], mineAt(0, 1, 2)]);
});

it('cases 91 and 92: the keys of a row, and of a detailed one', async () => {
  const keys = ['id', 'status', 'instance', 'volume_id'];

  expect(Object.keys((await list()).body.attachments[0])).toEqual(keys);
  expect(Object.keys((await list('/detail')).body.attachments[0])).toEqual([
    ...keys,
    'attached_at',
    'detached_at',
    'attach_mode',
    'connection_info',
  ]);
});

it('"a.json" is the attachment a', async () => {
  const id = mine[0]?.id;

  expect((await world.request('GET', `/v3/attachments/${id}.json`)).body.attachment.id).toBe(id);
});

it.each([
  ['case 93', '?limit=1', [0]],
  ['case 94', '?limit=0', []],
  ['case 96', '?limit=5000', [0, 1, 2]],
  ['case 99', '?offset=1', [1, 2]],
  ['case 101', '?sort=created_at:asc', [2, 1, 0]],
  ['case 107', '?all_tenants=1', [0, 1, 2]],
  ['case 112', '?attach_status=reserved', [0, 1, 2]],
  ['case 113', '?status=reserved', [0, 1, 2]],
  ['a repeated parameter', '?volume_id=a&volume_id=b', []],
])('%s: %s', async (_case, query, at) => {
  const { status, body } = await list(query);

  expect([status, ids(body)]).toEqual([200, mineAt(...at)]);
});

it('case 97: the page behind a marker', async () => {
  expect(ids((await list(`?marker=${mine[0]?.id}`)).body)).toEqual(mineAt(1, 2));
});

it.each(['asc', 'desc'])('case 100: by id, %s', async (dir) => {
  const sorted = mineAt(0, 1, 2).sort();

  expect(ids((await list(`?sort_key=id&sort_dir=${dir}`)).body)).toEqual(dir === 'asc' ? sorted : sorted.reverse());
});

it('cases 110 and 111: by instance and by volume', async () => {
  expect(ids((await list(`?instance_id=${mine[2]?.instance}`)).body)).toEqual(mineAt(1, 2));
  expect(ids((await list(`?volume_id=${mine[0]?.volume}`)).body)).toEqual(mineAt(0));
});

it.each([
  ['case 95', '?limit=-1', 'limit param must be positive'],
  ['case 95', '?limit=1.5', 'limit param must be an integer'],
  ['case 95', '?limit=', 'limit param must be an integer'],
  ['case 99', '?offset=-1', 'offset must be >= 0'],
  ['case 99', '?offset=99999999999', 'offset must be <= 2147483647'],
  [
    'case 102',
    '?sort=id&sort_key=id',
    "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.",
  ],
  ['case 103', '?sort=foo', 'Invalid input received: Invalid sort key'],
  ['case 103', '?sort=status', 'Invalid input received: Invalid sort key'],
  ['case 103', '?sort=', 'Invalid input received: Invalid sort key'],
  ['case 104', '?sort=id:up', "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."],
  ['case 114', '?foo=bar', 'Invalid filters foo are found in query options.'],
  ['case 115', `?project_id=${PROJECT_2}`, 'Invalid filters project_id are found in query options.'],
  ['case 117', '?volume_id~=abc', 'Invalid filters volume_id~ are found in query options.'],
  ['case 119', '?%C3%B6=1', 'Filter keys can only contain ASCII characters.'],
])('%s: %s is refused', async (_case, query, message) => {
  expect(await list(query)).toMatchObject({ status: 400, body: { badRequest: { code: 400, message } } });
});

it.each(['foo', ''])('case 98: the marker %p is not found', async (marker) => {
  expect(await list(`?marker=${marker}`)).toMatchObject(absent(marker));
});

it.each(['?foo=bar', `?project_id=${PROJECT_2}`])('cases 114 and 115: at 3.27 %s is dropped', async (query) => {
  expect(ids((await list(query, { version: '3.27' })).body)).toEqual(mineAt(0, 1, 2));
});

describe('an administrator', () => {
  it.each(['1', '0'])('cases 105 and 106: all_tenants=%s is everything', async (value) => {
    expect(ids((await list(`?all_tenants=${value}`, { as: world.admin })).body)).toEqual([foreign, ...mineAt(0, 1, 2)]);
  });

  it('cases 108 and 109: a project only together with all_tenants', async () => {
    expect(ids((await list(`?all_tenants=1&project_id=${PROJECT_2}`, { as: world.admin })).body)).toEqual([foreign]);
    expect(ids((await list(`?project_id=${PROJECT_2}`, { as: world.admin })).body)).toEqual(mineAt(0, 1, 2));
  });

  it('case 116: a filter that is no column selects nothing', async () => {
    expect(await list('?foo=bar', { as: world.admin })).toMatchObject({ status: 200, body: { attachments: [] } });
  });

  it('sees the attachments of every project by id', async () => {
    expect((await world.request('GET', `/v3/attachments/${foreign}`, undefined, { 'X-Auth-Token': world.admin })).status).toBe(200);
  });
});
