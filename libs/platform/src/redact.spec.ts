import { HIDDEN, redact, withoutPasswords } from './redact.js';

it('hides what stands under a secret key, at any depth, and leaves the rest', () => {
  const seen = redact({
    auth_password: 'a',
    data: [{ secret: 'b', size: 1 }],
    connection_info: { x: 1 },
    SEALING_KEY: 'c',
    volume_id: 'v',
    none: null,
  });

  expect(seen).toEqual({
    auth_password: HIDDEN,
    data: [{ secret: HIDDEN, size: 1 }],
    connection_info: HIDDEN,
    SEALING_KEY: HIDDEN,
    volume_id: 'v',
    none: null,
  });
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
