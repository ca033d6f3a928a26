import { type ListRules, parseListQuery, type Query } from './list-query.js';
import { microversion } from './microversion.js';

const RULES: ListRules = {
  resource: 'attachment',
  filters: ['volume_id', 'status', 'instance_id'],
  columns: { instance_id: 'instance_uuid', status: 'attach_status' },
  besides: ['with_count'],
};

const parse = (query: Query, { isAdmin = false, version = '3.44' } = {}) =>
  parseListQuery(query, RULES, { isAdmin, version: microversion(version) }, 1000);
const refusal = (query: Query, who?: { isAdmin?: boolean; version?: string }) => {
  try {
    return parse(query, who);
  } catch (error) {
    return (error as Error).message;
  }
};

it('without a query it is the first page of all, newest first', () => {
  expect(parse({})).toEqual({ limit: 1000, offset: 0, marker: null, sort: null, filters: [], allTenants: false });
});

it.each([
  [{ limit: '0' }, { limit: 0 }],
  [{ limit: '5000' }, { limit: 1000 }],
  [{ limit: '9'.repeat(400) }, { limit: 1000 }],
  [{ marker: '' }, { marker: '' }],
  [{ offset: '2147483647' }, { offset: 2147483647 }],
  [{ sort: 'created_at:asc' }, { sort: [{ key: 'created_at', dir: 'asc' }] }],
  [
    { sort: 'id, volume_id:asc' },
    {
      sort: [
        { key: 'id', dir: 'desc' },
        { key: 'volume_id', dir: 'asc' },
      ],
    },
  ],
  [{ sort: '' }, { sort: [{ key: '', dir: 'desc' }] }],
  [{ sort_key: 'id' }, { sort: [{ key: 'id', dir: 'desc' }] }],
  [{ sort_dir: 'asc' }, { sort: [{ key: 'created_at', dir: 'asc' }] }],
  [{ status: 'reserved' }, { filters: [{ key: 'attach_status', value: 'reserved', like: false }] }],
  [{ instance_id: ['a', 'b'] }, { filters: ['a', 'b'].map((value) => ({ key: 'instance_uuid', value, like: false })) }],
  [{ all_tenants: '1' }, { allTenants: false, filters: [] }],
  [{ with_count: 'true' }, { filters: [] }],
])('reads %j', (query, expected) => {
  expect(parse(query)).toMatchObject(expected);
});

it.each([
  [{ limit: '-1' }, 'limit param must be positive'],
  [{ limit: 'abc' }, 'limit param must be an integer'],
  [{ limit: '1.5' }, 'limit param must be an integer'],
  [{ limit: '' }, 'limit param must be an integer'],
  [{ offset: '-1' }, 'offset must be >= 0'],
  [{ offset: 'abc' }, 'offset must be an integer'],
  [{ offset: '99999999999' }, 'offset must be <= 2147483647'],
  [
    { sort: 'id', sort_dir: 'asc' },
    "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.",
  ],
  [{ sort: 'id:up' }, "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."],
  [{ sort_dir: 'bad' }, "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."],
  [{ foo: '1', bar: '2' }, 'Invalid filters foo,bar are found in query options.'],
  [{ 'volume_id~': 'x' }, 'Invalid filters volume_id~ are found in query options.'],
  [{ fö: '1' }, 'Filter keys can only contain ASCII characters.'],
])('refuses %j', (query, text) => {
  expect(refusal(query)).toBe(text);
});

const CONFIGURED: ListRules = { ...RULES, checked: ['volume_id~', 'attach_status'] };
it.each([
  ['3.34', 'volume_id', 'allowed'],
  ['3.34', 'volume_id~', 'allowed'],
  ['3.34', 'attach_status~', 'refused'],
  ['3.34', 'instance_id', 'refused'],
  ['3.31', 'volume_id', 'refused'],
  ['3.31', 'volume_id~', 'refused'],
  ['3.31', 'attach_status', 'allowed'],
])('case 118: where volume_id~ is configured, at %s %s is %s', (version, key, expected) => {
  const asked = () => parseListQuery({ [key]: 'x' }, CONFIGURED, { isAdmin: false, version: microversion(version) }, 1000);

  if (expected === 'allowed') expect(asked().filters).toHaveLength(1);
  else expect(asked).toThrow(`Invalid filters ${key} are found in query options.`);
});

it('case 120: before 3.31 what is configured means nothing', () => {
  const { filters } = parseListQuery({ instance_id: 'i' }, CONFIGURED, { isAdmin: false, version: microversion('3.30') }, 1000);

  expect(filters).toEqual([{ key: 'instance_uuid', value: 'i', like: false }]);
});

it('before 3.31 a filter that only administrators have is dropped for others', () => {
  expect(parse({ foo: '1', fö: '2', project_id: 'p', volume_id: 'v' }, { version: '3.30' }).filters).toEqual([
    { key: 'volume_id', value: 'v', like: false },
  ]);
});

describe('an administrator', () => {
  it.each([
    [{ foo: 'bar' }, { filters: [{ key: 'foo', value: 'bar', like: false }] }],
    [{ 'attached_host~': 'x' }, { filters: [{ key: 'attached_host', value: 'x', like: true }] }],
    [{ all_tenants: '0' }, { allTenants: true }],
    [{ project_id: 'p' }, { allTenants: false, filters: [] }],
    [
      { project_id: 'p', all_tenants: '1' },
      { allTenants: true, filters: [{ key: 'project_id', value: 'p', like: false }] },
    ],
  ])('reads %j', (query, expected) => {
    expect(parse(query, { isAdmin: true })).toMatchObject(expected);
  });

  it('has non-ASCII filters refused from 3.31 on', () => {
    expect(refusal({ fö: '1' }, { isAdmin: true })).toBe('Filter keys can only contain ASCII characters.');
    expect(parse({ fö: '1' }, { isAdmin: true, version: '3.30' }).filters).toHaveLength(1);
  });
});
