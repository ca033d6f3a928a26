import http, { type RequestListener, type Server, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.js';
import { EdgeServer } from './edge-server.js';

const started: Server[] = [];
beforeEach(() => jest.spyOn(Logger.prototype, 'warn').mockReturnValue());
afterEach(() => {
  for (const server of started.splice(0)) server.close().closeAllConnections();
  jest.restoreAllMocks();
});

async function serving(handle: RequestListener, limits: Partial<GatewayConfig> = {}) {
  const edge = new EdgeServer({ ...new GatewayConfig(), ...limits });
  const server = edge.serve(handle);
  started.push(server);
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  return { edge, server, port: (server.address() as AddressInfo).port };
}

function ask(port: number, method: string, path: string, agent: http.Agent | false = false) {
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const sent = http.request({ port, host: '127.0.0.1', method, path, agent }, (response) => {
      let body = '';
      response.on('data', (part) => (body += String(part)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

const answering: RequestListener = (_, response) => void response.end('ok');

describe('with no room left', () => {
  const full = () => serving(answering, { MAX_REQUESTS: 0 });

  it.each([
    ['POST', '/v3/attachments', 503, 'serviceUnavailable'],
    ['POST', '/v3/attachments/a/action', 503, 'serviceUnavailable'],
    ['PUT', '/v3/89af/attachments/a', 504, 'computeFault'],
    ['DELETE', '/v3/attachments/a', 504, 'computeFault'],
  ])('%s %s is %i in the form of any other fault', async (method, path, code, name) => {
    const { port } = await full();

    const { status, headers, body } = await ask(port, method, path);

    expect(status).toBe(code);
    expect(JSON.parse(body)).toEqual({
      [name]: { code, message: 'The server is currently unavailable. Please try again at a later time.' },
    });
    expect(headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' });
    expect(headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
  });

  it.each(['/healthcheck', '/livez', '/readyz?verbose'])('%s is answered all the same', async (path) => {
    const { port } = await full();

    expect(await ask(port, 'GET', path)).toMatchObject({ status: 200, body: 'ok' });
  });
});

it('who was answered has left', async () => {
  const { edge, port } = await serving(answering);

  await ask(port, 'GET', '/v3/attachments');

  await pause(20);
  expect(edge.admission.atWork).toBe(0);
});

it('a caller who goes leaves his work behind, which keeps its place until it ends', async () => {
  let work: ServerResponse | undefined;
  const { edge, port } = await serving((_, response) => (work = response));
  const socket = net.connect(port, '127.0.0.1');
  socket.write('PUT /v3/attachments/a HTTP/1.1\r\nHost: h\r\n\r\n');
  while (!work) await pause(5);

  socket.destroy();
  await new Promise((closed) => work?.once('close', closed));

  expect(edge.admission.atWork).toBe(1);
  edge.admission.leaves(work.req);
  expect(edge.admission.atWork).toBe(0);
});

describe('connections of one address', () => {
  const open = async (port: number) => {
    const socket = net.connect(port, '127.0.0.1');
    const answer = new Promise<string>((resolve) => socket.once('data', (part) => resolve(String(part))).once('close', () => resolve('')).once('error', () => resolve(''))); // prettier-ignore
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    return { socket, status: (await answer).split(' ', 2)[1] };
  };

  it('beyond the limit are closed, and one that is closed makes room', async () => {
    const { port } = await serving(answering, { MAX_CONNECTIONS_PER_CLIENT: 2 });
    const [first, second, third] = [await open(port), await open(port), await open(port)];

    expect([first, second, third].map(({ status }) => status)).toEqual(['200', '200', undefined]);
    first.socket.destroy();
    let next = await open(port);
    while (next.status === undefined) next = await open(port); // until its end is known here
    for (const { socket } of [second, next]) socket.destroy();
  });

  it('may be as many as there are where it is a proxy', async () => {
    const { port } = await serving(answering, { MAX_CONNECTIONS_PER_CLIENT: 1, TRUSTED_PROXIES: '127.0.0.0/8' });
    const opened = [await open(port), await open(port), await open(port)];

    expect(opened.map(({ status }) => status)).toEqual(['200', '200', '200']);
    for (const { socket } of opened) socket.destroy();
  });
});

describe('who is slow', () => {
  const closed = async (port: number, bytes: string): Promise<string> => {
    const socket = net.connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (part) => (heard += part.toString()));
    socket.write(bytes);
    await new Promise((gone) => socket.once('close', gone));
    return heard;
  };
  async function slow(bytes: string, limits: Partial<GatewayConfig>) {
    const { edge, server, port } = await serving((request, response) => request.resume().on('end', () => response.end('ok')), limits);
    server.on('clientError', (error, socket) => edge.unreadable(error, socket as net.Socket));
    return (await closed(port, bytes)).split(' ', 2)[1];
  }
  const head = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n';

  it('with headers is refused, whatever time a body may take', async () => {
    expect(await slow(head, { HEADERS_TIMEOUT_MS: 50 })).toBe('408');
  });

  it('with a body is refused too', async () => {
    expect(await slow(`${head}\r\n12`, { REQUEST_TIMEOUT_MS: 50 })).toBe('408');
  });

  it('between two requests is let go', async () => {
    expect(await slow(`${head}\r\n12345`, { KEEP_ALIVE_MS: 50 })).toBe('200');
  });
});

describe('while it drains', () => {
  it('a resting connection may be used once more, hears that it is over, and none of it is cut', async () => {
    const { edge, server, port } = await serving(answering, { DRAIN_DELAY_MS: 200, MAX_REQUESTS: 0 });
    const agent = new http.Agent({ keepAlive: true });
    await ask(port, 'GET', '/v3/attachments', agent);

    edge.drain();
    const closed = edge.emptied(new Promise((resolve) => server.close(() => resolve())));
    await pause(50);
    const answer = await ask(port, 'GET', '/v3/attachments', agent);
    await closed;

    expect(answer).toMatchObject({ status: 503, headers: { connection: 'close' } });
    agent.destroy();
  });

  it('a connection on which nothing comes is closed once it has rested long enough', async () => {
    const { edge, server, port } = await serving(answering, { DRAIN_DELAY_MS: 100 });
    const socket = net.connect(port, '127.0.0.1');
    await new Promise((connected) => socket.once('connect', connected));
    const gone = new Promise((closed) => socket.once('close', closed));
    const begun = performance.now();

    edge.drain();
    await edge.emptied(new Promise((resolve) => server.close(() => resolve())));
    await gone;

    expect(performance.now() - begun).toBeGreaterThan(80);
  });

  it('a request at work is waited for, and one whose caller does not read not for ever', async () => {
    const held: ServerResponse[] = [];
    const { edge, server, port } = await serving((_, response) => void held.push(response), { DRAIN_MS: 0, DRAIN_DELAY_MS: 0 });
    const answer = ask(port, 'GET', '/v3/attachments');
    const stuck = ask(port, 'GET', '/v3/attachments').catch((error: unknown) => error);
    while (held.length < 2) await pause(5);

    edge.drain();
    const closed = edge.emptied(new Promise((resolve) => server.close(() => resolve())));
    await pause(100);
    held[0]?.end('late');

    expect(await Promise.race([answer, stuck])).toMatchObject({ status: 200, body: 'late' });
    await closed;
    await Promise.allSettled([answer, stuck]);
  });
});
