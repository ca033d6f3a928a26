import { validateSync } from 'class-validator';
import { AmqpConfig } from './amqp.config.js';

const faults = (given: object) => validateSync(Object.assign(new AmqpConfig(), given)).map(({ property }) => property);

it.each(['amqp://127.0.0.1', 'amqp://guest:guest@127.0.0.1:5672', 'amqps://user:p%40ss@rabbit.example.org/vhost', 'amqps://rabbitmq/%2F'])(
  'takes %s',
  (url) => {
    expect(faults({ AMQP_URL: url })).toEqual([]);
  },
);

it.each([undefined, '', 'rabbitmq', 'http://rabbitmq', '//rabbitmq', 'amqp://'])('refuses %s as a URL', (url) => {
  expect(faults({ AMQP_URL: url })).toEqual(['AMQP_URL']);
});

it.each([
  ['AMQP_MANAGEMENT_URL', 'rabbitmq:15672', ['isUrl']],
  ['AMQP_MANAGEMENT_URL', 'amqp://rabbit.example.org', ['isUrl']],
  ['AMQP_MANAGEMENT_URL', 'http://rabbit.example.org:15672', ['safeManagement']],
  ['AMQP_MANAGEMENT_URL', 'HTTP://rabbit.example.org:15672', ['safeManagement']],
  ['AMQP_URL', 'http://rabbit.example.org', ['isUrl']],
  ['AMQP_URL', 'amqp://rabbit.example.org', ['safeAddress']],
])('says of a %s of %s what is wrong with it and no more: %s', (variable, url, broken) => {
  const config = Object.assign(new AmqpConfig(), { AMQP_URL: 'amqp://localhost', [variable]: url });

  expect(validateSync(config).flatMap(({ constraints = {} }) => Object.keys(constraints))).toEqual(broken);
});

it.each([
  ['http://127.0.0.1:15672', {}],
  ['https://watcher:secret@rabbit.example.org/rabbit', {}],
  ['http://rabbit.example.org:15672', { AMQP_ALLOW_PLAIN: 'yes' }],
])('takes %s as the management API', (url, more) => {
  expect(faults({ AMQP_URL: 'amqp://localhost', AMQP_MANAGEMENT_URL: url, ...more })).toEqual([]);
});

it.each([0, -1, 1.5, 65_536, NaN])('refuses a prefetch of %s', (prefetch) => {
  expect(faults({ AMQP_URL: 'amqp://localhost', PREFETCH: prefetch })).toEqual(['PREFETCH']);
});

it('carries out 32 commands at once where nothing is said', () => {
  expect(new AmqpConfig().PREFETCH).toBe(32);
});
