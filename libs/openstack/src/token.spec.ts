import { readToken } from './token.js';

const BODY = { user: { id: 'u' }, project: { id: 'p' }, roles: [{ name: 'admin' }], expires_at: '2030-01-01T00:00:00.000000Z' };
const read = (more: object = {}) => readToken({ token: { ...BODY, ...more } });

it('what Keystone says of a token', () => {
  const endpoints = [{ interface: 'public', region_id: 'r', region: 'r', url: 'http://nova', id: 'e' }];

  expect(read({ catalog: [{ type: 'compute', endpoints }, { type: 'image' }] })).toEqual({
    userId: 'u',
    projectId: 'p',
    roles: ['admin'],
    isOfSystem: false,
    isAdminProject: true,
    expiresAt: new Date('2030-01-01T00:00:00Z'),
    services: ['compute', 'image'],
    compute: [{ interface: 'public', region: 'r', url: 'http://nova' }],
    accessRules: null,
  });
});

it.each([
  ['of the whole system', { project: undefined, system: { all: true } }, { projectId: null, isOfSystem: true }],
  ['of nothing', { project: undefined, roles: undefined }, { projectId: null, roles: [], isOfSystem: false }],
  ['beside the project of administrators', { is_admin_project: false }, { isAdminProject: false }],
  ['in the project of administrators', { is_admin_project: true }, { isAdminProject: true }],
])('a token %s', (_, more, expected) => {
  expect(read(more)).toMatchObject(expected);
});

it.each([null, {}, { token: {} }, { token: { ...BODY, expires_at: 'soon' } }, { token: { ...BODY, user: {} } }])(
  '%j is no token',
  (answer) => {
    expect(readToken(answer)).toBeNull();
  },
);
