import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Global, Logger, Module } from '@nestjs/common';
import {
  AttachmentsService,
  BackendsService,
  ConnectionsService,
  EncryptionsService,
  OperationsService,
  QosSpecsService,
  VolumeActionsService,
  VolumeMetadataService,
  VolumesService,
  VolumeTotalsService,
  VolumeTypesService,
} from '@app/attachments';
import { BrokerState, CommandClient } from '@app/messaging';
import { attachmentNotFound } from '@app/domain';
import { NEVER } from 'rxjs';
import type { GatewayAdapter } from './openstack/gateway.adapter.js';
import { gatewayAdapter, GatewayConfig, GatewayModule } from './gateway.module.js';

/** What the edge does by itself, and what no well-behaved client sends; all else is seen in test/contract on the real services. */
const attachments = {
  find: async (_caller: unknown, id: string) => {
    if (id === 'boom') throw new Error('a secret of ours');
    throw attachmentNotFound(id);
  },
  list: async () => [],
  beginDetach: async (_caller: unknown, id: string) => {
    throw attachmentNotFound(id);
  },
  beginAttach: async () => ({
    operationId: 'o',
    kind: 'attach',
    command: 'attachment.attach',
    volumeId: 'v',
    attachmentId: 'a',
    backend: 'b',
  }),
};
const running = { state: 'running', reason: null, current: true, attachment: null, remaining: [] };

const NOT_ASKED = [
  ConnectionsService,
  VolumeActionsService,
  VolumesService,
  VolumeTypesService,
  VolumeMetadataService,
  VolumeTotalsService,
  EncryptionsService,
  QosSpecsService,
];

@Global()
@Module({
  providers: [
    { provide: AttachmentsService, useValue: attachments },
    { provide: OperationsService, useValue: { look: async () => running } },
    ...NOT_ASKED.map((provide) => ({ provide, useValue: {} })),
    { provide: BackendsService, useValue: { ping: async () => undefined, placedOn: async () => ({ backends: 0, unserved: [] }) } },
    { provide: CommandClient, useValue: { ring: () => NEVER } },
    { provide: BrokerState, useValue: { connected: true } },
  ],
  exports: [AttachmentsService, OperationsService, ...NOT_ASKED, BackendsService, CommandClient, BrokerState],
})
class FakeServices {}

let app: NestFastifyApplication;
let port: number;

async function start(config: Partial<GatewayConfig> = {}) {
  const whole = { ...new GatewayConfig(), PORT: 0, DRAIN_DELAY_MS: 0, ...config };
  @Module({ imports: [FakeServices, GatewayModule.forRoot(whole)] })
  class Process {}
  const started = await NestFactory.create<NestFastifyApplication>(Process, gatewayAdapter(whole), { logger: false });
  await started.listen(0, '127.0.0.1');
  return { started, at: (started.getHttpServer().address() as AddressInfo).port };
}

beforeAll(async () => {
  ({ started: app, at: port } = await start());
});
afterAll(() => app.close());
afterEach(() => jest.restoreAllMocks());

const TOKEN = { 'X-Auth-Token': 'u:89af:member', 'OpenStack-API-Version': 'volume 3.44' };

interface Options {
  headers?: object;
  body?: string | Buffer | Buffer[];
  at?: number;
  agent?: http.Agent;
}
interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

function request(method: string, path: string, options: Options = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { headers = TOKEN, body, at = port, agent = false } = options;
    const sent = http.request({ host: '127.0.0.1', port: at, method, path, headers: { ...headers }, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() }),
      );
    });
    sent.on('error', reject);
    if (Array.isArray(body)) for (const part of body) sent.write(part);
    sent.end(Array.isArray(body) ? undefined : body);
  });
}

async function soon(holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks++) {
    if (looks > 500) throw new Error(`not soon: ${holds.toString()}`);
    await pause(10);
  }
}

const ROUTER_404 = '404 Not Found\n\nThe resource could not be found.\n\n   ';
const REQUEST_ID = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it.each([
  ['GET', '/v3/attachments/%ff'],
  ['GET', '/v3/attachments/%zz'],
  ['GET', '/v3/attachments/%00'],
  ['GET', '/v3/attachments?volume_id=%00'],
  ['GET', '/v3/attachments?marker=%ff'],
  ['GET', `/v3/attachments/${'x'.repeat(10_000)}`],
  ['GET', '/v3//attachments'],
  ['GET', '/v3/attachments/a/b/c'],
  ['GET', '//'],
  ['GET', '/?'],
  ['GET', '/v3/attachments?__proto__=1&constructor=2'],
  ['TRACE', '/v3/attachments'],
  ['PROPFIND', '/v3/attachments'],
  ['QUERY', '/v3/attachments'],
])('%s %s is never a fault of the server, and has a request id', async (method, path) => {
  const { status, headers } = await request(method, path.slice(0, 11_000));

  expect(status).toBeLessThan(500);
  expect(headers['x-openstack-request-id']).toMatch(REQUEST_ID);
});

it.each([['/v3/attachments/'], ['/v3/my_project/attachments'], ['/v3/89af/'], ['/v3/89af'], ['/v2/'], ['/nowhere']])(
  '%s has no route',
  async (path) => {
    const { status, headers, text } = await request('GET', path);

    expect([status, headers['content-type'], text]).toEqual([404, 'text/plain; charset=UTF-8', ROUTER_404]);
    expect(headers['content-length']).toBe(String(ROUTER_404.length));
    expect(headers['x-openstack-request-id']).toMatch(REQUEST_ID);
    expect(headers['openstack-api-version']).toBeUndefined();
  },
);

it('a browser gets the same as HTML', async () => {
  const { headers, text } = await request('GET', '/v3/nowhere', { headers: { ...TOKEN, Accept: 'text/html,*/*' } });

  expect(headers['content-type']).toBe('text/html; charset=UTF-8');
  expect(text).toContain('<h1>404 Not Found</h1>');
});

it.each([
  ['/v3/attachments', {}],
  ['/%763/attachments', {}],
  ['http://elsewhere/v3/attachments', {}],
])('%s gives nothing to a caller without a token', async (path, headers) => {
  const { status, text } = await request('GET', path, { headers: { 'OpenStack-API-Version': 'volume 3.44', ...headers } });

  expect(status).toBe(204);
  expect(text).not.toContain('attachments"');
});

it('a caller without a token is told one', async () => {
  const { status, headers } = await request('GET', '/v3/attachments', { headers: { Host: 'h:1' } });

  expect(status).toBe(204);
  expect(headers).toMatchObject({ 'x-auth-token': 'admin:admin', 'x-server-management-url': 'http://h:1/v3/attachments/admin' });
});

it('an error that nobody meant is a fixed text', async () => {
  const { status, text } = await request('GET', '/v3/attachments/boom');

  expect(status).toBe(500);
  expect(JSON.parse(text)).toEqual({
    computeFault: { code: 500, message: 'The server has either erred or is incapable of performing the requested operation.' },
  });
});

it.each([
  ['its caller leaves', 'Content-Length: 50\r\n\r\n{"a', ''],
  ['its chunks make no sense', 'Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n', 'zz\r\n'],
])('a body that ends before it is whole, since %s, is no error of ours', async (_, begins, goesOn) => {
  const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const { admission } = (app.getHttpAdapter() as unknown as GatewayAdapter).edge;
  const socket = net.connect(port, '127.0.0.1');
  socket.write(`POST /v3/attachments HTTP/1.1\r\nHost: h\r\nX-Auth-Token: u:p:member\r\nContent-Type: application/json\r\n${begins}`);
  await soon(() => admission.underWay === 1);

  if (goesOn) socket.write(goesOn);
  else socket.destroy();
  await soon(() => admission.underWay === 0);

  expect(logged.mock.calls).toEqual([]);
});

it('a body without a length is cut off at the limit too', async () => {
  const { status, text } = await request('POST', '/v3/attachments', {
    headers: { ...TOKEN, 'Content-Type': 'application/json' },
    body: [Buffer.alloc(80_000, 32), Buffer.alloc(80_000, 32)],
  });

  expect([status, text]).toEqual([
    413,
    '413 Request Entity Too Large\n\nRequest is too large. Larger than max_request_body_size (114688).\n\n   ',
  ]);
});

it.each([
  ['{"constructor":5}', "'attachment' is a required property"],
  ['null', "None is not of type 'object'"],
  ['[]', "[] is not of type 'object'"],
  ['{"__proto__":{},"attachment":{"connector":{"host":"h"}}}', "Additional properties are not allowed ('__proto__' was unexpected)"],
  ['{"attachment":{"connector":{"host":"h"},"constructor":1}}', "Additional properties are not allowed ('constructor' was unexpected)"],
  ['{"attachment":{"connector":{"host":"h"},"toString":1}}', "('toString' was unexpected)"],
  ['{"attachment":[]}', "[] is not of type 'object'"],
  ['{"attachment":{"connector":{"host":5}}}', "5 is not of type 'string'"],
  ['{"attachment":{"connector":{"a":1}}}', "'host' is a required property"],
  ['{"attachment":{"connector":"x"}}', "'x' is not of type 'object'"],
])('PUT of %s is refused', async (body, text) => {
  const answer = await request('PUT', '/v3/attachments/a', { headers: { ...TOKEN, 'Content-Type': 'application/json' }, body });

  expect(answer.status).toBe(400);
  const { badRequest } = JSON.parse(answer.text);
  expect(badRequest.message).toContain(text);
});

it('the connector arrives as it was sent, hostile keys and all', async () => {
  const connector = '{"host":"h","constructor":{"prototype":1},"__proto__":{"polluted":true},"toString":null}';
  const beginAttach = jest.spyOn(attachments, 'beginAttach').mockRejectedValueOnce(attachmentNotFound('a'));

  await request('PUT', '/v3/attachments/a', {
    headers: { ...TOKEN, 'Content-Type': 'application/json' },
    body: `{"attachment":{"connector":${connector}}}`,
  });

  const [, , said] = beginAttach.mock.calls.at(-1) as unknown as [unknown, string, { connector: unknown }];
  expect(JSON.stringify(said.connector)).toBe(connector);
});

it('a body on GET and DELETE is ignored', async () => {
  const { status, text } = await request('GET', '/v3/attachments', {
    headers: { ...TOKEN, 'Content-Type': 'application/json', 'Content-Length': '2' },
    body: '{x',
  });

  expect([status, text]).toEqual([200, '{"attachments":[]}']);
});

it.each([
  ['DELETE', '/v3/attachments/a', 'volume 3.44', 404],
  ['POST', '/v3/attachments', 'volume 3.999', 406],
  ['POST', '/v3/attachments', 'volume 3.44', 415],
])("a Content-Type that is none is in nobody's way before its turn: %s %s at %s is %i", async (method, path, version, code) => {
  const headers = { ...TOKEN, 'OpenStack-API-Version': version, 'Content-Type': 'nonsense' };
  const answer = await request(method, path, { headers, body: method === 'POST' ? '{}' : undefined });

  expect(answer.status).toBe(code);
  expect(answer.headers['openstack-api-version']).toBe(version);
});

it('a success may carry the vendor type, a fault never does', async () => {
  const headers = { ...TOKEN, Accept: 'application/vnd.openstack.volume+json' };

  expect((await request('GET', '/v3/attachments', { headers })).headers['content-type']).toBe('application/vnd.openstack.volume+json');
  expect((await request('GET', '/v3/attachments/a', { headers })).headers['content-type']).toBe('application/json');
});

it.each([
  ['/v3/attachments', TOKEN, 'no-store'],
  ['/v3/attachments/a', TOKEN, 'no-store'],
  ['/v3/attachments', {}, undefined],
  ['/', {}, undefined],
  ['/nowhere', {}, undefined],
])('%s with %j may be kept: %s; and no browser guesses what it is', async (path, headers, kept) => {
  const answer = await request('GET', path, { headers });

  expect(answer.headers['cache-control']).toBe(kept);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
});

it('the page of the API may be framed by nobody, and fetches nothing', async () => {
  const { headers } = await request('GET', '/docs');

  expect(headers['content-security-policy']).toMatch(/^default-src 'none';.* frame-ancestors 'none'$/);
});

describe('what comes by X-Forwarded', () => {
  const headers = { Host: 'inside:1', 'X-Forwarded-Host': 'cloud.example', 'X-Forwarded-Proto': 'https' };
  const selfLink = async (at: number) => JSON.parse((await request('GET', '/', { at, headers })).text).versions[0].links[1].href as string;

  it('is nothing from a stranger', async () => {
    expect(await selfLink(port)).toBe('http://inside:1/v3/');
  });

  it('is how the caller came, from a proxy of ours', async () => {
    const { started, at } = await start({ TRUSTED_PROXIES: '127.0.0.1' });

    expect(await selfLink(at)).toBe('https://cloud.example/v3/');
    await started.close();
  });
});

it('whatever a request expects beside its answer, it is answered', async () => {
  const { status, headers, text } = await request('GET', '/v3/attachments', { headers: { ...TOKEN, Expect: 'the worst' } });

  expect([status, text]).toEqual([200, '{"attachments":[]}']);
  expect(headers['x-openstack-request-id']).toMatch(REQUEST_ID);
});

it('two requests on one connection are both answered', async () => {
  const socket = net.connect(port, '127.0.0.1');
  const line = `GET /v3/attachments HTTP/1.1\r\nHost: h\r\nX-Auth-Token: u\r\nOpenStack-API-Version: volume 3.44\r\n\r\n`;
  let heard = '';
  const both = new Promise<void>((resolve) => {
    socket.on('data', (part) => {
      heard += part.toString();
      if (heard.split('{"attachments":[]}').length === 3) resolve();
    });
  });

  socket.write(line + line);
  await both;
  socket.destroy();
});

/** All that is answered until the connection is closed. */
async function heardOn(bytes: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (part) => (heard += part.toString()));
  socket.write(bytes);
  await new Promise((closed) => socket.once('close', closed));
  return heard;
}

it.each([
  ['no request at all', 'hello\r\n\r\n', '400 Bad Request'],
  ['a length and chunks', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', '400 Bad Request'],
  ['a body of broken chunks', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n', '400 Bad Request'],
  ['endless headers', `GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
])('%s is refused in text, with an id', async (_, bytes, title) => {
  const heard = await heardOn(bytes);

  const [head = '', text = ''] = heard.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${title}\r\n`));
  expect(head).toMatch(/\r\nContent-Type: text\/plain; charset=UTF-8\r\n/);
  expect(head).toMatch(/\r\nx-openstack-request-id: req-[0-9a-f-]{36}\r\n/);
  expect(text).toMatch(new RegExp(`^${title}\n\n\\w`));
});

it('what is no request, behind a request that is at work, is not answered in its place', async () => {
  const beginAttach = jest.spyOn(attachments, 'beginAttach').mockReturnValueOnce(new Promise(() => undefined));
  const body = '{"attachment":{"connector":{"host":"h"}}}';
  const head = `PUT /v3/attachments/a HTTP/1.1\r\nHost: h\r\nX-Auth-Token: u\r\nOpenStack-API-Version: volume 3.44\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;

  const heard = await heardOn(`${head}\r\n\r\n${body}hello\r\n\r\n`);

  expect(beginAttach).toHaveBeenCalled();
  expect(heard).toBe('');
});

it('at the wait limit an update is unknown', async () => {
  const { started, at } = await start({ WAIT_LIMIT_MS: 20 });

  const { status, text } = await request('PUT', '/v3/attachments/a', {
    at,
    headers: { ...TOKEN, 'Content-Type': 'application/json' },
    body: '{"attachment":{"connector":{"host":"h"}}}',
  });
  await started.close();

  expect(status).toBe(504);
  expect(JSON.parse(text).computeFault.message).toContain('repeat the request to join it');
});

it('a project that has enough under way is refused more, and others are not', async () => {
  const { started, at } = await start({ MAX_REQUESTS_PER_PROJECT: 1, WAIT_LIMIT_MS: 200 });
  const headers = { ...TOKEN, 'Content-Type': 'application/json' };
  const begun = new Promise<void>((resolve) => {
    jest.spyOn(attachments, 'beginAttach').mockImplementationOnce(async () => {
      resolve();
      return { operationId: 'o', kind: 'attach', command: 'attachment.attach', volumeId: 'v', attachmentId: 'a', backend: 'b' };
    });
  });
  const waiting = request('PUT', '/v3/attachments/a', { at, headers, body: '{"attachment":{"connector":{"host":"h"}}}' });
  await begun;

  const [same, deleting, other] = await Promise.all([
    request('GET', '/v3/attachments', { at }),
    request('DELETE', '/v3/attachments/a', { at }),
    request('GET', '/v3/attachments', { at, headers: { ...TOKEN, 'X-Auth-Token': 'u:other:member' } }),
  ]);
  await waiting;
  const later = await request('GET', '/v3/attachments', { at });
  await started.close();

  expect([same.status, deleting.status, other.status, later.status]).toEqual([503, 504, 200, 200]);
  expect(same.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' });
  expect(JSON.parse(same.text)).toEqual({
    serviceUnavailable: { code: 503, message: 'The server is currently unavailable. Please try again at a later time.' },
  });
});

it('a process that ends answers its waiters first, and closes their connections', async () => {
  const { started, at } = await start({ DRAIN_MS: 50 });
  const begun = new Promise<void>((resolve) => {
    jest.spyOn(attachments, 'beginAttach').mockImplementationOnce(async () => {
      resolve();
      return { operationId: 'o', kind: 'attach', command: 'attachment.attach', volumeId: 'v', attachmentId: 'a', backend: 'b' };
    });
  });
  const agent = new http.Agent({ keepAlive: true });
  const answer = request('PUT', '/v3/attachments/a', {
    at,
    agent,
    headers: { ...TOKEN, 'Content-Type': 'application/json' },
    body: '{"attachment":{"connector":{"host":"h"}}}',
  });
  await begun;

  await started.close();

  expect(await answer).toMatchObject({ status: 504, headers: { connection: 'close' } });
  agent.destroy();
});
