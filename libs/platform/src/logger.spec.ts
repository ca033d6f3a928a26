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

it('keeps what is below its level to itself', () => {
  const text = logged(true, 'warn', (logger) => {
    logger.log('quiet');
    logger.debug('quiet');
    logger.fatal('loud');
  });

  expect(text).toContain('loud');
  expect(text).not.toContain('quiet');
});
