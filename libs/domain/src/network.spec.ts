import { isThisMachine, leavesPlainly } from './network.js';

it.each(['127.0.0.1', '127.8.9.10', 'localhost', 'LOCALHOST', '::1', '[::1]', '', '/var/run/postgresql'])('%p is this machine', (host) =>
  expect(isThisMachine(host)).toBe(true),
);

it.each(['10.0.0.1', 'postgres', 'localhost.example.org', '127.0.0.1.example.org', '0.0.0.0', '::', '128.0.0.1'])(
  '%p may be any other',
  (host) => expect(isThisMachine(host)).toBe(false),
);

it.each([
  ['http://10.2.2.2:8774/v2.1', true],
  ['HTTP://10.2.2.2:8774/v2.1', true],
  ['AMQP://rabbit.example.org', true],
  ['https://10.2.2.2', false],
  ['HTTPS://10.2.2.2', false],
  ['AmqpS://rabbit.example.org', false],
  ['HTTP://[::1]:8774', false],
  ['amqp://', false],
  ['no URL', false],
])('%p leaves this machine where others can read it: %p', (url, expected) => expect(leavesPlainly(url)).toBe(expected));
