import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../../support/world';
import { UserRequest } from './nova';

/** What the client says of itself: a server that keeps the headers stands in for the gateway. */
const heard: { path?: string; headers: IncomingHttpHeaders }[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer(({ url, headers }, answer) => {
    heard.push({ path: url, headers });
    answer.end(JSON.stringify({ versions: [{ version: '3.71', min_version: '3.0' }], attachments: [] }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
beforeEach(() => (heard.length = 0));
afterAll(() => new Promise((closed) => server.close(closed)));

/** As much of a world as is needed to send something. */
const elsewhere = () =>
  ({ member: 'user:project', gateway: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }) as unknown as World;
const tokens = { 'x-auth-token': 'user:project', 'x-service-token': 'nova:service:service' };

it('a microversioned call says which, and of what request it is', async () => {
  const request = new UserRequest(elsewhere(), { volumes: {}, endpoint: '/v3/project' });

  await request.compute('somewhere').attachmentGetAll('s');

  const { path, headers } = heard[0] ?? { headers: {} };
  expect(path).toBe('/v3/project/attachments?instance_id=s');
  expect(headers).toMatchObject({ accept: 'application/json', 'user-agent': 'python-cinderclient', ...tokens });
  expect(headers).toMatchObject({ 'openstack-api-version': 'volume 3.44', 'x-openstack-request-id': request.globalId });
  expect(headers).not.toHaveProperty('content-type');
});

it('an action of a volume has a body and no microversion', async () => {
  await new UserRequest(elsewhere(), { volumes: {} }).api.beginDetaching('v');

  const { path, headers } = heard[0] ?? { headers: {} };
  expect([path, headers['content-type']]).toEqual(['/v3/volumes/v/action', 'application/json']);
  expect(headers).not.toHaveProperty('openstack-api-version');
});

it.each([
  ['nova-api', (request: UserRequest) => request.api],
  ['nova-conductor', (request: UserRequest) => request.conductor],
  ['nova-compute', (request: UserRequest) => request.compute('somewhere')],
])('%s asks for versions above the endpoint, with its tokens and little else', async (name, service) => {
  await service(new UserRequest(elsewhere(), { volumes: {}, endpoint: '/v3/project' })).serves('3.44');

  const { path, headers } = heard[0] ?? { headers: {} };
  expect(path).toBe('/');
  expect(headers).toMatchObject({ accept: '*/*', 'user-agent': expect.stringContaining(name) as string, ...tokens });
  for (const absent of ['openstack-api-version', 'x-openstack-request-id']) expect(headers).not.toHaveProperty(absent);
});
