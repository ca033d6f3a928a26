import { isThisMachine } from './network.js';

it.each(['127.0.0.1', '127.8.9.10', 'localhost', 'LOCALHOST', '::1', '[::1]', '', '/var/run/postgresql'])('%p is this machine', (host) =>
  expect(isThisMachine(host)).toBe(true),
);

it.each(['10.0.0.1', 'postgres', 'localhost.example.org', '127.0.0.1.example.org', '0.0.0.0', '::', '128.0.0.1'])(
  '%p may be any other',
  (host) => expect(isThisMachine(host)).toBe(false),
);
