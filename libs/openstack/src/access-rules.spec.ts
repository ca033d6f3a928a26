import { isAccessible } from './access-rules.js';

const token = (path: string, more: object = {}) => ({
  services: ['identity', 'block-storage'],
  accessRules: [{ service: 'block-storage', method: 'GET', path, ...more }],
});

it.each([
  ['/v3/volumes', '/v3/volumes', true],
  ['/v3/volumes', '/v3/volumes/1', false],
  ['/v3/volumes/{volume_id}', '/v3/volumes/1', true],
  ['/v3/volumes/{volume_id}', '/v3/volumes/1/metadata', false],
  ['/v3/*/1', '/v3/volumes/1', true],
  ['/v3/*', '/v3/volumes/1', false],
  ['/v3/**', '/v3/volumes/1', true],
  ['/v3/volumes/a.c', '/v3/volumes/abc', false],
])('the rule %s and the path %s: %s', (pattern, path, expected) => {
  expect(isAccessible(token(pattern), 'GET', path)).toBe(expected);
});

it.each([
  ['no rules at all', { services: [], accessRules: null }, true],
  ['an empty list of rules', { services: ['block-storage'], accessRules: [] }, false],
  ['a rule for another method', token('/v3/volumes', { method: 'POST' }), false],
  ['a rule for another service', token('/v3/volumes', { service: 'compute' }), false],
  ['a catalog without this service', { ...token('/v3/volumes'), services: ['identity'] }, false],
])('%s', (_, restricted, expected) => {
  expect(isAccessible(restricted, 'GET', '/v3/volumes')).toBe(expected);
});

it.each([
  ['/v3/**/metadata', '/v3/volumes/1/metadata', true],
  ['/v3/**/metadata', '/v3/volumes/1/metadata/k', false],
  ['/v3/v*s', '/v3/volumes', true],
  ['/v3/v*s', '/v3/vs', false],
  ['/v3/v*s', '/v3/v/s', false],
  ['/v3/{project_id}/volumes', '/v3//volumes', false],
  ['**', '', true],
  ['*', '', false],
  ['/v3/volumes/}', '/v3/volumes/}', true],
])('the rule %s and the path %s: %s, whatever stands for what', (pattern, path, expected) => {
  expect(isAccessible(token(pattern), 'GET', path)).toBe(expected);
});

it('a rule that could be read in as many ways as one likes is read in no longer than any other', () => {
  expect(isAccessible(token(`${'**a'.repeat(70)}!`), 'GET', 'a'.repeat(16_000))).toBe(false);
});
