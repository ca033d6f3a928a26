import { PROJECT_2, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld({ workers: 0 })), 120_000);
afterAll(() => world.stop());

const VERSION = 'OpenStack-API-Version';
const at = (version: string | null) => ({ [VERSION]: version });
const notFound = { itemNotFound: { code: 404, message: 'The resource could not be found.' } };
const ROUTER_404 = '404 Not Found\n\nThe resource could not be found.\n\n   ';

const expectedVersions = (url: string) => ({
  versions: [
    {
      id: 'v3.0',
      status: 'CURRENT',
      version: '3.71',
      min_version: '3.0',
      updated: '2023-08-31T00:00:00Z',
      links: [
        { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
        { rel: 'self', href: `${url}/v3/` },
      ],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
    },
  ],
});

it.each(['GET', 'POST'])('case 1: %s / needs no token and is the version document', async (method) => {
  const { status, body, headers } = await world.request(method, '/', undefined, { 'X-Auth-Token': null, ...at(null) });

  expect(status).toBe(300);
  expect(body).toEqual(expectedVersions(world.gateway.url));
  expect([headers.get(VERSION), headers.get('vary'), headers.get('content-type')]).toEqual(['volume 3.0', VERSION, 'application/json']);
});

it('case 2: GET /v3/ is the same document', async () => {
  const { status, body } = await world.request('GET', '/v3/');

  expect([status, body]).toEqual([200, expectedVersions(world.gateway.url)]);
});

it('case 3: GET /v3 leads to /v3/', async () => {
  const { status, headers, text } = await world.request('GET', '/v3');

  expect([status, headers.get('location'), text]).toEqual([302, `${world.gateway.url}/v3/`, '']);
});

it('case 4: there is no /v2/', async () => {
  expect(await world.request('GET', '/v2/', undefined, { 'X-Auth-Token': null })).toMatchObject({ status: 404, text: ROUTER_404 });
});

it.each([
  ['case 5', null, 404, 'volume 3.0'],
  ['case 6', 'volume 3.26', 404, 'volume 3.26'],
  ['case 7', 'volume 3.27', 200, 'volume 3.27'],
  ['case 8', 'volume latest', 200, 'volume 3.71'],
  ['case 11', 'compute 2.1, volume 3.44', 200, 'volume 3.44'],
])('%s: a list with the version header %p answers %d and echoes %s', async (_case, header, expected, echo) => {
  const { status, headers, body } = await world.request('GET', '/v3/attachments', undefined, at(header));

  expect(status).toBe(expected);
  expect([headers.get(VERSION), headers.get('vary')]).toEqual([echo, VERSION]);
  if (status === 404) expect(body).toEqual(notFound);
});

it.each([
  ['case 9', 'volume 3.999', 406, 'computeFault', 'Version 3.999 is not supported by the API. Minimum is 3.0 and maximum is 3.71.'],
  ['case 10', 'volume abc', 400, 'badRequest', 'API Version String abc is of invalid format. Must be of format MajorNum.MinorNum.'],
  [
    'case 12',
    'compute 2.1',
    400,
    'badRequest',
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ],
])('%s: the version header %p is refused with %d', async (_case, header, code, name, message) => {
  const { status, body, headers } = await world.request('GET', '/v3/attachments', undefined, at(header));

  expect([status, body]).toEqual([code, { [name]: { code, message } }]);
  expect(headers.get(VERSION)).toBe(code === 406 ? 'volume 3.999' : null);
});

it('case 13: "volume" without a version is refused', async () => {
  expect((await world.request('GET', '/v3/attachments', undefined, at('volume'))).status).toBe(400);
});

it.each(['volume 3.27', 'volume 3.67'])('case 14: no project id in the URL at %s', async (version) => {
  expect((await world.request('GET', '/v3/attachments', undefined, at(version))).status).toBe(200);
});

it.each(['member', 'admin'] as const)('cases 15 and 16: another project in the URL is refused, for a %s too', async (who) => {
  const answer = await world.request('GET', `/v3/${PROJECT_2}/attachments`, undefined, { 'X-Auth-Token': world[who] });

  expect([answer.status, answer.body]).toEqual([400, { badRequest: { code: 400, message: 'Malformed request url' } }]);
});

it.each([
  ['case 17', 'GET', '/v3/my_project/attachments'],
  ['case 18', 'GET', '/v3/attachments/'],
  ['case 18', 'PATCH', '/v3/attachments/x'],
  ['case 18', 'PUT', '/v3/attachments'],
  ['case 18', 'DELETE', '/v3/attachments'],
  ['case 18', 'OPTIONS', '/v3/attachments'],
])('%s: %s %s has no route', async (_case, method, path) => {
  const { status, headers, text } = await world.request(method, path);

  expect([status, headers.get('content-type'), text]).toEqual([404, 'text/plain; charset=UTF-8', ROUTER_404]);
});

it('case 18: HEAD has no route', async () => {
  expect((await world.request('HEAD', '/v3/attachments')).status).toBe(404);
});

it.each(['summary', 'new', 'x/edit'])('case 19: /attachments/%s is no id', async (name) => {
  expect(await world.request('GET', `/v3/attachments/${name}`)).toMatchObject({ status: 404, body: notFound });
});

it.each([
  ['GET', '/v3/attachments', true],
  ['GET', '/v3/attachments/x', true],
  ['GET', '/nowhere', false],
])('case 21: %s %s has its request ids', async (method, path, reached) => {
  const inbound = 'req-11111111-2222-3333-4444-555555555555';
  const { headers } = await world.request(method, path, undefined, { 'X-OpenStack-Request-ID': inbound });

  expect(headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(headers.get('x-openstack-request-id')).not.toBe(inbound);
  expect(headers.get('x-compute-request-id')).toBe(reached ? headers.get('x-openstack-request-id') : null);
});

it('case 22: a body of 120 000 bytes is too large', async () => {
  const { status, text, headers } = await world.request('POST', '/v3/attachments', ' '.repeat(120_000));

  expect(status).toBe(413);
  expect(text).toContain('Request is too large. Larger than max_request_body_size (114688).');
  expect(headers.get('x-openstack-request-id')).not.toBeNull();
});

it.each([
  ['case 23', 'text/plain', 'x', 415, 'badMediaType', 'Unsupported Content-Type'],
  ['case 24', 'application/vnd.openstack.volume+json', '{}', 400, 'badRequest', "'attachment' is a required property"],
  ['case 25', 'application/json', '{x', 400, 'badRequest', 'Malformed request body'],
])('%s: a POST of type %s', async (_case, type, sent, code, name, message) => {
  const answer = await world.request('POST', '/v3/attachments', sent, { 'Content-Type': type });

  expect([answer.status, answer.body]).toEqual([code, { [name]: { code, message } }]);
});

it('case 26: a POST without a body is refused', async () => {
  expect(await world.request('POST', '/v3/attachments')).toMatchObject({ status: 400, body: { badRequest: { code: 400 } } });
});

it('an answer is JSON without a charset, and says its length', async () => {
  const { headers, text } = await world.request('GET', '/v3/attachments');

  expect([headers.get('content-type'), headers.get('content-length')]).toEqual(['application/json', String(text.length)]);
});
