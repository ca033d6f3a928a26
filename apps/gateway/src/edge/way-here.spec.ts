import type { IncomingMessage } from 'node:http';
import { Networks } from './networks.js';
import { WayHere } from './way-here.js';

const way = new WayHere(new Networks('10.0.0.0/8'));
const came = (remoteAddress: string, headers: IncomingMessage['headers']) => ({ socket: { remoteAddress }, headers }) as IncomingMessage;

it.each([
  ['10.0.0.1', '192.0.2.7', '192.0.2.7'],
  ['10.0.0.1', '203.0.113.1, 192.0.2.7, 10.0.0.2', '192.0.2.7'],
  ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['192.0.2.9', '203.0.113.1', '192.0.2.9'],
])('from %s, for "%s": the client is %s', (address, said, client) => {
  expect(way.clientOf(came(address, { 'x-forwarded-for': said }))).toBe(client);
});

it.each([
  ['10.0.0.1', { host: 'h', 'x-forwarded-host': 'a', 'x-forwarded-proto': 'https', forwarded: 'for=a', 'x-forwarded-for': 'a' }],
  ['192.0.2.9', { host: 'h' }],
])('what comes from %s keeps %j', (address, kept) => {
  const request = came(address, {
    host: 'h',
    'x-forwarded-host': 'a',
    'x-forwarded-proto': 'https',
    forwarded: 'for=a',
    'x-forwarded-for': 'a',
  });

  way.forget(request);

  expect(request.headers).toEqual(kept);
});
