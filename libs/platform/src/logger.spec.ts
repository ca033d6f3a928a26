import { annotate, inLogContext } from './log-context.js';
import { LogConfig } from './log.config.js';
import { ProcessLogger } from './logger.js';

function logged(json: boolean, level: LogConfig['LOG_LEVEL'], write: (logger: ProcessLogger) => void): string {
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  let text = '';
  try {
    write(new ProcessLogger({ LOG_LEVEL: level }, json, { write: (line) => (text += line) }));
    expect(out).not.toHaveBeenCalled(); // standard output is for what was asked for
    return text;
  } finally {
    out.mockRestore();
  }
}

it('writes one JSON object a line, without secrets', () => {
  const text = logged(true, 'info', (logger) => {
    logger.log({ message: 'connected', auth_password: 'hunter2' }, 'Drivers');
    logger.warn('to amqp://app:hunter2@broker');
  });

  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
    pid: process.pid,
    context: 'Drivers',
    message: 'connected',
  });
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

it('a line belongs to the context that it is logged in, also after a wait, and to nobody else', async () => {
  let text = '';
  const logger = new ProcessLogger(new LogConfig(), true, { write: (line) => (text += line) });
  const work = async (id: string) => {
    await new Promise(setImmediate);
    annotate({ operation_id: `op-${id}` });
    await new Promise(setImmediate);
    logger.log(`work ${id}`, 'Runner');
  };

  await Promise.all(['1', '2'].map((id) => inLogContext({ request_id: `req-${id}`, volume_id: `v${id}` }, () => work(id))));
  logger.log('outside');
  annotate({ operation_id: 'nobody' });

  const [first, second, outside] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(first).toMatchObject({ request_id: 'req-1', volume_id: 'v1', operation_id: 'op-1', message: 'work 1' });
  expect(second).toMatchObject({ request_id: 'req-2', volume_id: 'v2', operation_id: 'op-2', message: 'work 2' });
  expect(Object.keys(outside ?? {})).toEqual(['level', 'time', 'pid', 'message']);
});

it("Nest's talk at the start is for debugging", () => {
  const talk = (logger: ProcessLogger) => logger.log('Mapped {/v3, GET} route', 'RouterExplorer');

  expect(logged(true, 'info', talk)).toBe('');
  expect(JSON.parse(logged(true, 'debug', talk))).toMatchObject({ level: 'debug', context: 'RouterExplorer' });
});

it('as text a line has its time, level, speaker and facts, and an error its stack below', () => {
  const text = logged(false, 'info', (logger) => {
    logger.log({ message: 'GET /v3/attachments 200', status: 200, auth_password: 'hunter2' }, 'Api');
    logger.error(new Error('outer', { cause: new Error('inner') }), undefined, 'Api');
  });

  const [line = '', ...below] = text.replaceAll(/\x1b\[\d+m/g, '').split('\n'); // eslint-disable-line no-control-regex -- colours
  expect(line).toMatch(/^[\d:.]{12} INFO {2}\[Api\] GET \/v3\/attachments 200 status=200 auth_password=\[hidden\]$/);
  expect(below.join('\n')).toMatch(/^[\d:.]{12} ERROR \[Api\] outer\nError: outer\n {4}at [\s\S]*caused by Error: inner/);
});
