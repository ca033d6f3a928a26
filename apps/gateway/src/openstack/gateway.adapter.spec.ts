import { type AddressInfo, connect, type Socket } from 'node:net';
import { GatewayConfig } from '../gateway.config.js';
import type { Authentication, Identity } from './authentication.js';
import { GatewayAdapter } from './gateway.adapter.js';

const WHO: Identity = {
  userId: 'u',
  projectId: 'p',
  roles: [],
  serviceRoles: [],
  serviceUserId: null,
  isService: false,
  isOfSystem: false,
  isAdminProject: true,
  compute: [],
};
const soon = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await new Promise((again) => setTimeout(again, 5));
};

/** Keystone takes its time: who somebody is is known when the test says so. */
class SlowAuthentication implements Authentication {
  readonly asked: string[] = [];
  answer: () => void = () => undefined;

  identify({ url }: { url: string }): Promise<Identity> {
    this.asked.push(url);
    return new Promise((resolve) => (this.answer = () => resolve(WHO)));
  }
  async prove(): Promise<void> {}
  refuse(): never {
    throw new Error('nobody is refused');
  }
  async close(): Promise<void> {}
}

let adapter: GatewayAdapter;
let authentication: SlowAuthentication;
let port: number;
const begun: unknown[] = [];
beforeEach(async () => {
  authentication = new SlowAuthentication();
  adapter = new GatewayAdapter(Object.assign(new GatewayConfig(), { DRAIN_DELAY_MS: 0, MAX_REQUESTS: 4 }), authentication);
  const fastify = adapter.getInstance();
  fastify.post('/v3/volumes', (request) => begun.push(request.url));
  fastify.get('/v3/volumes', () => 'none');
  fastify.get('/readyz', () => 'ready');
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = adapter.getHttpServer().address() as AddressInfo);
});
afterEach(() => adapter.close());

const connections = () =>
  new Promise<number>((resolve, reject) =>
    adapter.getHttpServer().getConnections((error: Error | null, count: number) => (error ? reject(error) : resolve(count))),
  );

/** As the contract has every refusal within it. */
const REFUSED =
  /^HTTP\/1.1 400 [^]*connection: close[^]*content-type: application\/json[^]*\{"badRequest":\{"code":400,"message":"A request names its host once."\}\}$/;
it.each<[string, string, RegExp]>([
  ['none', '', REFUSED],
  ['one', 'Host: a\r\nx-host: b\r\n', /^HTTP\/1.1 200 /],
  ['two, the same', 'Host: a\r\nhost: a\r\n', REFUSED],
  ['two', 'Host: a\r\nHOST: b\r\n', REFUSED],
])('a request names one host and no more: %s', async (_, hosts, answered) => {
  const socket = connect(port, '127.0.0.1');
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  socket.write(`GET /readyz HTTP/1.1\r\n${hosts}\r\n`);

  expect(await answer).toMatch(answered);
  socket.destroy();
});

it.each([
  ['with a body on its way', 'Content-Length: 10\r\n\r\n{"a"'],
  ['with its body', 'Content-Length: 2\r\n\r\n{}'],
  ['without a body', 'Content-Length: 0\r\n\r\n'],
])('a caller who leaves while Keystone is asked, %s, takes no place along', async (_, rest) => {
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST /v3/volumes HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\nContent-Type: application/json\r\n${rest}`);
  await soon(() => authentication.asked.length === 1);
  expect(adapter.edge.admission.underWay).toBe(1);
  socket.destroy();
  await soon(async () => (await connections()) === 0);

  authentication.answer();
  await soon(() => adapter.edge.admission.underWay === 0);

  expect(begun).toEqual([]);
});

it('a body that does not come keeps nobody else out', async () => {
  const slow: Socket[] = [];
  for (const line of ['POST /v3/volumes', 'POST /nowhere', 'POST /']) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${line} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: t\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`);
    slow.push(socket);
    await soon(() => authentication.asked.length === slow.length);
    authentication.answer();
    await soon(() => adapter.edge.admission.atWork === 0);
  }

  const answer = fetch(`http://127.0.0.1:${port}/v3/volumes`, { headers: { 'X-Auth-Token': 't' } });
  await soon(() => authentication.asked.length === slow.length + 1);
  authentication.answer();

  expect((await answer).status).toBe(200);
  for (const socket of slow) socket.destroy();
});

it('a probe with a token is answered without a word to Keystone', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { 'X-Auth-Token': 't' } });

  expect([answer.status, authentication.asked]).toEqual([200, []]);
});
