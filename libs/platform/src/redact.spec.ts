import { HIDDEN, redact, secretsIn, withoutPasswords } from './redact.js';

it('hides what stands under a secret key, at any depth, and leaves the rest', () => {
  const seen = redact({
    auth_password: 'a',
    data: [{ secret: 'b', size: 1 }],
    connection_info: { x: 1 },
    SEALING_KEY: 'c',
    discovery_auth_password: 'd',
    volume_id: 'v',
    none: null,
  });

  expect(seen).toEqual({
    auth_password: HIDDEN,
    data: [{ secret: HIDDEN, size: 1 }],
    connection_info: HIDDEN,
    SEALING_KEY: HIDDEN,
    discovery_auth_password: HIDDEN,
    volume_id: 'v',
    none: null,
  });
});

it.each(['auth_password', 'discovery_auth_password', 'chap_secret', 'X-Subject-Token', 'Authorization', 'passphrase', 'connectionInfo'])(
  "%s is a secret's key",
  (key) => expect(redact({ [key]: 'x' })).toEqual({ [key]: HIDDEN }),
);

it.each(['host', 'token_count', 'passwords_file', 'keys', 'secretary'])('%s is none', (key) => {
  expect(redact({ [key]: 'x' })).toEqual({ [key]: 'x' });
});

it('finds the texts that are secrets, however deep they stand', () => {
  const connector = { host: 'h', auth_password: 'one!', more: [{ chap_secret: { in: 'two!', out: 'no' } }], none: null, tokens: 'x' };

  expect(secretsIn(connector)).toEqual(['one!', 'two!']);
});

it('ends in a circle', () => {
  const circle: Record<string, unknown> = { password: 'x' };
  circle.self = circle;

  expect(JSON.stringify(redact(circle))).not.toContain('"x"');
});

it('an error is the text of its stack and its causes, also where they go in a circle', () => {
  const error = new Error('outer');
  error.cause = new Error('at amqp://app:s3cr3t@host', { cause: error });

  const text = redact({ error }) as { error: string };

  expect(text.error).toContain('caused by Error: at amqp://app:***@host');
  expect(text.error).not.toContain('s3cr3t');
});

it.each([
  ['amqp://app:s3cr3t@host/v', 'amqp://app:***@host/v'],
  ['amqp://app:p@ss@host/v', 'amqp://app:***@host/v'],
  ['http://127.0.0.1:8776/v3', 'http://127.0.0.1:8776/v3'],
  ['two: a://u:p@h and b://u:q@h', 'two: a://u:***@h and b://u:***@h'],
])('writes %s as %s', (text, masked) => expect(withoutPasswords(text)).toBe(masked));
