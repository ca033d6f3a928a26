import type { FastifyRequest } from 'fastify';
import { endpointOf, linksTo, nextLink } from './links.js';

const PLACE = { endpoint: 'http://h', project: '/p' };

it.each([
  [1, [{ id: 'v' }], 'http://h/v3/p/volumes?limit=1&name=a+b&marker=v'],
  [2, [{ id: 'v' }], null],
  [0, [], null],
])('with a limit of %d', (limit, page, href) => {
  const query = { limit: String(limit), name: 'a b', marker: 'old', offset: '3' };

  expect(nextLink('volumes', query, page, { limit, ...PLACE })).toEqual(href === null ? [] : [{ rel: 'next', href }]);
});

it('a thing is reached by its version, and remembered without', () => {
  expect(linksTo('volumes/v', PLACE)).toEqual([
    { rel: 'self', href: 'http://h/v3/p/volumes/v' },
    { rel: 'bookmark', href: 'http://h/p/volumes/v' },
  ]);
});

it.each<[string, Record<string, string>, string | undefined, string]>([
  ['as it was asked', {}, undefined, 'http://asked'],
  ['as the proxy was asked', { 'x-forwarded-host': 'cloud', 'x-forwarded-proto': 'https' }, undefined, 'https://cloud'],
  ['by the nearest proxy, whatever its client said', { 'x-forwarded-host': 'evil, cloud' }, undefined, 'http://cloud'],
  ['as it was asked, where the proxy says what is no host', { 'x-forwarded-host': 'a"><b' }, undefined, 'http://asked'],
  ['as it was asked, where the proxy says what is no scheme', { 'x-forwarded-proto': 'javascript' }, undefined, 'http://asked'],
  ['on this machine, where it was asked for no host', { host: 'x/../y?z#' }, undefined, 'http://localhost'],
  ['by an address', { host: '[::1]:8776' }, undefined, 'http://[::1]:8776'],
  ['as it is configured', { 'x-forwarded-host': 'cloud' }, 'https://public/', 'https://public'],
])('is reached %s', (_, headers, configured, endpoint) => {
  const request = { headers: { host: 'asked', ...headers }, protocol: 'http' } as unknown as FastifyRequest;

  expect(endpointOf(request, configured)).toBe(endpoint);
});
