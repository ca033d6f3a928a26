import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closedLoop, memoryOf, openLoop } from './load';

/** The generator against servers that say what it should have counted. */
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Answer = (call: string, response: ServerResponse) => void;

async function serving(answer: Answer) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(callOf(request), response));
  });
  servers.push(server);
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'u', volumes: ['v1', 'v2', 'v3', 'v4'] };
}

const CALLS: Record<string, string> = { PUT: 'update', DELETE: 'delete', GET: 'warm' };
const callOf = ({ method = '', url = '' }: IncomingMessage) => CALLS[method] ?? (url.endsWith('/action') ? 'complete' : 'create');
const GOOD: Record<string, number> = { create: 200, update: 200, complete: 204, delete: 200, warm: 300 };

const good: Answer = (call, response) => {
  const body = call === 'create' ? '{"attachment":{"id":"a"}}' : '';
  response.writeHead(GOOD[call] ?? 500, { 'Content-Length': body.length }).end(body);
};
const refusing: Answer = (call, response) =>
  call === 'warm' ? good(call, response) : void response.writeHead(503, { 'Retry-After': '1', 'Content-Length': 0 }).end();

it('a closed loop makes whole cycles, one after the other for each client', async () => {
  const { statuses, cycles, refused, begun } = await closedLoop(await serving(good), 2, 0.5).result;

  expect(begun).toBeNull();
  expect(statuses).toEqual({
    create: { 200: cycles.count },
    update: { 200: cycles.count },
    complete: { 204: cycles.count },
    delete: { 200: cycles.count },
  });
  expect(cycles.count).toBeGreaterThan(2);
  expect(refused.count).toBe(0);
});

it('an open loop begins as many cycles as it was told to, also where none is answered in time', async () => {
  const slow: Answer = (call, response) => void setTimeout(() => refusing(call, response), call === 'warm' ? 0 : 300);

  const { begun, refused, statuses, offeredForMs } = await openLoop(await serving(slow), 200, 1).result;

  expect(begun).toBeGreaterThan((200 * offeredForMs) / 1000 - 20);
  expect(statuses).toEqual({ create: { 503: begun } });
  expect(refused.count).toBe(begun);
  expect(refused.p50).toBeGreaterThanOrEqual(299);
});

it('a connection that is cut is counted, and so is a refusal that says no time', async () => {
  const cut: Answer = (call, response) => {
    if (call === 'create' || call === 'warm') good(call, response);
    else if (call === 'update') response.destroy();
    else response.writeHead(call === 'delete' ? 404 : 503, { 'Content-Length': 0 }).end();
  };

  const { resets, gaveUp, statuses } = await closedLoop(await serving(cut), 1, 0.3).result;

  expect(gaveUp).toBeGreaterThan(0);
  expect(resets).toBe(5 * gaveUp); // compute's five attempts
  expect(statuses.update).toEqual({ 0: resets });
  const silent = await openLoop(
    await serving((call, response) => void response.writeHead(call === 'warm' ? 300 : 503, { 'Content-Length': 0 }).end()),
    20,
    0.5,
  ).result;
  expect(silent.withoutRetryAfter).toBe(silent.begun);
});

it('memory is that of the processes named', () => {
  const own = memoryOf([process.pid]);

  expect(own).toBeGreaterThan(10);
  expect(memoryOf([process.pid, process.pid])).toBeGreaterThan(own * 1.5);
});
