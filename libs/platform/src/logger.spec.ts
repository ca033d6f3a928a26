import { LogConfig } from './log.config.js';
import { ProcessLogger } from './logger.js';

function logged(json: boolean, level: LogConfig['LOG_LEVEL'], write: (logger: ProcessLogger) => void): string {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    write(new ProcessLogger({ LOG_LEVEL: level }, json));
    expect(out).not.toHaveBeenCalled(); // standard output is for what was asked for
    return err.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

it('writes one JSON object a line, without secrets', () => {
  const text = logged(true, 'info', (logger) => {
    logger.log({ message: 'connected', auth_password: 'hunter2' }, 'Drivers');
    logger.warn('to amqp://app:hunter2@broker');
  });

  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'log', context: 'Drivers' });
  expect(text).not.toContain('hunter2');
});

it.each([true, false])('logs an error with its causes (json: %p), as text without what else hangs on it', (json) => {
  const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { parameters: ['hunter2'] });

  const text = logged(json, 'error', (logger) => logger.error(error));

  expect(text).toContain('outer');
  expect(text).toContain('inner');
  expect(text).not.toContain('hunter2');
});

const broker = (name: string) => `${name}: amqp://app:hunter2@broker`;

it.each([
  ['an error', (logger: ProcessLogger) => logger.error(new Error(broker('first')))],
  ['the cause of an error', (logger: ProcessLogger) => logger.warn(new Error('x', { cause: new Error(broker('first')) }))],
  ['an error beside a message', (logger: ProcessLogger) => logger.warn('x', new Error(broker('first')), 'Context')],
  ['an error in an object', (logger: ProcessLogger) => logger.log({ message: 'x', why: new Error(broker('first')) })],
  ['a stack', (logger: ProcessLogger) => logger.error('x', new Error(broker('first')).stack)],
  ['a stack with its context', (logger: ProcessLogger) => logger.error('x', new Error(broker('first')).stack, 'Context')],
  ['what is said only when it is logged', (logger: ProcessLogger) => logger.log(() => broker('first'))],
])('takes the password of a URL out of %s, and nothing else', (_, write) => {
  for (const json of [true, false]) {
    const text = logged(json, 'info', write);

    expect(text).toContain('first: amqp://app:***@broker');
    expect(text).not.toContain('hunter2');
  }
});

it('as JSON an error has its parts', () => {
  const error = Object.assign(new Error('outer', { cause: new Error(broker('inner')) }), { code: 'E1' });

  const [line = ''] = logged(true, 'info', (logger) => logger.error(error)).split('\n');

  expect(JSON.parse(line)).toMatchObject({
    message: 'outer',
    error: { message: 'outer', code: 'E1', cause: { message: 'inner: amqp://app:***@broker' } },
  });
});

it('keeps what is below its level to itself', () => {
  const text = logged(true, 'warn', (logger) => {
    logger.log('quiet');
    logger.debug('quiet');
    logger.fatal('loud');
  });

  expect(text).toContain('loud');
  expect(text).not.toContain('quiet');
});
