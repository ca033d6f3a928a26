import { linksTo, nextLink } from './links.js';

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
