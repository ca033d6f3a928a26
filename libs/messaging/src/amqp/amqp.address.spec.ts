import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressFault, amqpAddress } from './amqp.address.js';
import { vhostOf } from './amqp.management.js';

const FAR = 'amqp://mooring@rabbit.example.org/v';

it.each(['amqp://127.0.0.1', 'amqp://localhost:5672/v', 'amqp://[::1]', 'amqps://mooring@rabbit.example.org/v'])(
  'takes %s as it is',
  (url) => expect(addressFault({ AMQP_URL: url, AMQP_ALLOW_PLAIN: 'no' })).toBeNull(),
);

it.each([
  ['leaves this machine plainly', {}, 'AMQP_URL leaves this machine without TLS'],
  ['does so in capitals', { AMQP_URL: 'AMQP://rabbit.example.org' }, 'AMQP_URL leaves this machine without TLS'],
  ['has a CA for nothing', { AMQP_CA_FILE: '/ca' }, 'AMQP_CA_FILE set, but AMQP_URL is not an amqps:// URL.'],
  ['has half a certificate', { AMQP_URL: 'amqps://x', AMQP_KEY_FILE: '/key' }, 'go together'],
])('refuses one that %s, in a sentence', (_, more, said) => {
  expect(addressFault({ AMQP_URL: FAR, AMQP_ALLOW_PLAIN: 'no', ...more })).toContain(said);
});

it('lets it be plain by explicit choice', () => expect(addressFault({ AMQP_URL: FAR, AMQP_ALLOW_PLAIN: 'yes' })).toBeNull());

it.each([
  ['its own user', 'https://watcher:p%40ss@rabbit.example.org/rabbit/', 'watcher:p@ss', 'https://rabbit.example.org/rabbit'],
  ['the user of AMQP_URL', 'http://127.0.0.1:15672/#/queues', 'mooring:p:ss', 'http://127.0.0.1:15672'],
  ['a user whose password is not escaped', 'http://watcher:100%@127.0.0.1:15672/?x', 'watcher:100%', 'http://127.0.0.1:15672'],
])('asks the management API by %s, and keeps the password out of its URL', (_, AMQP_MANAGEMENT_URL, user, url) => {
  const { management } = amqpAddress({ AMQP_URL: 'amqp://mooring:p%3Ass@127.0.0.1', AMQP_MANAGEMENT_URL });

  expect(management).toEqual({ url, authorization: `Basic ${Buffer.from(user).toString('base64')}` });
});

it('asks the management API as the guest that AMQP takes it for, where nobody is named', () => {
  const { management } = amqpAddress({ AMQP_URL: 'amqp://127.0.0.1', AMQP_MANAGEMENT_URL: 'http://127.0.0.1:15672' });

  expect(management?.authorization).toBe(`Basic ${Buffer.from('guest:guest').toString('base64')}`);
});

it.each([
  ['', '%2F'],
  ['/', '%2F'],
  ['/%2F', '%2F'],
  ['//', '%2F'],
  ['/a/b', 'a%2Fb'],
  ['/a%2Fb', 'a%2Fb'],
])('knows the virtual host of a path of "%s" as %s', (path, vhost) => expect(vhostOf({ url: `amqp://127.0.0.1${path}` })).toBe(vhost));

it('has certificates checked, whatever the environment says', () =>
  expect(amqpAddress({ AMQP_URL: 'amqps://x' }).tls).toEqual({ rejectUnauthorized: true, minVersion: 'TLSv1.2' }));

it('takes the password from its file, and says in a sentence which file is none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'address-'));
  const file = join(folder, 'password');
  writeFileSync(file, 'p@ss\n');

  expect(amqpAddress({ AMQP_URL: FAR, AMQP_PASSWORD_FILE: file }).url).toBe('amqp://mooring:p%40ss@rabbit.example.org/v');
  expect(() => amqpAddress({ AMQP_URL: 'amqps://x', AMQP_CA_FILE: file })).toThrow(
    `AMQP_CA_FILE: ${file} holds nothing that can be read as PEM.`,
  );
  expect(() => amqpAddress({ AMQP_URL: 'amqps://x', AMQP_CA_FILE: '/nowhere' })).toThrow('AMQP_CA_FILE: /nowhere cannot be read (ENOENT).');
  rmSync(folder, { recursive: true });
});
