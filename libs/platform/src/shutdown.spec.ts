import { StartError } from '@app/domain';
import { EventEmitter } from 'node:events';
import { failStart } from './fail-start.js';
import { LogConfig } from './log.config.js';
import { ProcessLogger } from './logger.js';
import { onShutdown } from './shutdown.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
    this.emit('exited');
  }
  exited(): Promise<unknown> {
    return new Promise((resolve) => this.once('exited', resolve));
  }
}

let written: string;
const logger = new ProcessLogger(new LogConfig(), true, { write: (line) => (written += line) });
beforeEach(() => {
  written = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

it.each(['SIGTERM', 'SIGINT'])('%s drains once, then exits 0', async (signal) => {
  const host = new FakeProcess();
  const drain = jest.fn(() => Promise.resolve());
  onShutdown(drain, logger, host);

  host.emit(signal);
  host.emit(signal); // npm passes on what the terminal has already sent
  await host.exited();

  expect(drain).toHaveBeenCalledTimes(1);
  expect(host.exits).toEqual([0]);
});

it('a second signal, given on purpose, exits at once', () => {
  jest.useFakeTimers();
  const host = new FakeProcess();
  onShutdown(() => new Promise(() => undefined), logger, host);

  host.emit('SIGINT');
  jest.advanceTimersByTime(2_000);
  host.emit('SIGINT');

  expect(host.exits).toEqual([1]);
});

it('a drain that fails is logged, and the exit is 1', async () => {
  const host = new FakeProcess();
  onShutdown(() => Promise.reject(new Error('the pool would not end')), logger, host);

  host.emit('SIGTERM');
  await host.exited();

  expect(host.exits).toEqual([1]);
  expect(written).toContain('the pool would not end');
});

it.each(['uncaughtException', 'unhandledRejection'])('%s is logged with its causes, and the exit is 1', (event) => {
  const host = new FakeProcess();
  onShutdown(() => Promise.resolve(), logger, host);

  host.emit(event, new Error('outer', { cause: new Error('inner') }));

  expect(host.exits).toEqual([1]);
  expect(written).toMatch(/outer[\s\S]*inner/);
});

it.each([
  [new StartError('PORT 80 is in use.'), /^PORT 80 is in use\.\n$/],
  [new Error('a bug'), /^Error: a bug\n {4}at /],
])('a start that fails says why on standard error', (error, said) => {
  const exit = (): never => {
    throw new Error('exited');
  };

  expect(() => failStart(error, { stderr: process.stderr, exit })).toThrow('exited');

  expect(written).toMatch(said);
});
