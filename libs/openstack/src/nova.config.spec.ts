import { validateSync } from 'class-validator';
import { NovaConfig } from './nova.config.js';

const broken = (given: object) =>
  validateSync(Object.assign(new NovaConfig(), given)).flatMap(({ constraints = {} }) => Object.keys(constraints));

it.each(['https://nova.example.org:8774/v2.1', 'http://127.0.0.1:8774/v2.1', 'HTTPS://nova.example.org/v2.1'])('takes %s', (NOVA_URL) =>
  expect(broken({ NOVA_GUARD: 'url', NOVA_URL })).toEqual([]),
);

it.each([undefined, 'x', '127.0.0.1:8774/v2.1', '//nova.example.org/v2.1', 'amqp://localhost', 'https://a:b@nova.example.org'])(
  'refuses %s as a URL of compute',
  (NOVA_URL) => expect(broken({ NOVA_GUARD: 'url', NOVA_URL })).toEqual(['isUrl']),
);

it.each([
  ['http://10.2.2.2:8774/v2.1', {}, ['isCoveredUrl']],
  ['HTTP://10.2.2.2:8774/v2.1', {}, ['isCoveredUrl']],
  ['HTTP://10.2.2.2:8774/v2.1', { NOVA_ALLOW_PLAIN: 'yes' }, []],
  ['Http://LocalHost:8774/v2.1', {}, []],
])('lets %s with %j leave this machine plainly only where that is said', (NOVA_URL, more, faults) =>
  expect(broken({ NOVA_GUARD: 'url', NOVA_URL, ...more })).toEqual(faults),
);
