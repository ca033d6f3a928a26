import type { Look, OperationsService, Promised } from '@app/attachments';
import type { CommandClient } from '@app/messaging';
import { Logger } from '@nestjs/common';
import { NEVER, Observable, of, Subject } from 'rxjs';
import { GatewayConfig } from '../gateway.config.js';
import { OperationWaiter } from './operation.waiter.js';

const attach: Promised = {
  operationId: 'o',
  kind: 'attach',
  command: 'attachment.attach',
  volumeId: 'v',
  attachmentId: 'a',
  backend: 'h@b',
};
const look = (state: Look['state']): Look => ({ state, reason: null, current: true, attachment: null, remaining: [], answer: null });

const CALLER = { projectId: 'p', requestId: 'req' };

/** Looks show `states` one after the other, the last one for ever; an error is thrown. */
function waiting(states: (Look['state'] | Error)[], bell: Observable<void>, config: Partial<GatewayConfig> = {}) {
  const calls: string[] = [];
  const operations = {
    look: async () => {
      calls.push('look');
      const state = (states.length > 1 ? states.shift() : states[0]) ?? 'running';
      if (state instanceof Error) throw state;
      return look(state);
    },
  };
  const commands = { ring: (command: string) => (calls.push(`ring ${command}`), bell) };
  const waiter = new OperationWaiter(operations as unknown as OperationsService, commands as unknown as CommandClient, {
    ...new GatewayConfig(),
    ...config,
  });
  return { waiter, calls };
}

it('looks once when the reply says so', async () => {
  const { waiter, calls } = waiting(['succeeded'], of(undefined));

  expect(await waiter.carriedOut(attach, CALLER)).toMatchObject({ state: 'succeeded' });
  expect(calls).toEqual(['ring attachment.attach', 'look']);
});

it('looks by itself when the reply is lost', async () => {
  const { waiter, calls } = waiting(['running', 'succeeded'], NEVER);

  expect(await waiter.carriedOut(attach, CALLER)).toMatchObject({ state: 'succeeded' });
  expect(calls).toEqual(['ring attachment.attach', 'look', 'look']);
});

it('gives up at the wait limit and forgets the reply', async () => {
  let forgotten = false;
  const { waiter } = waiting(['running'], new Observable<void>(() => () => void (forgotten = true)), { WAIT_LIMIT_MS: 30 });

  expect(await waiter.carriedOut(attach, CALLER)).toBeNull();
  expect(forgotten).toBe(true);
});

it('knows how many callers wait, of each project too', async () => {
  const bell = new Subject<void>();
  const { waiter } = waiting(['succeeded'], bell);
  const counts = () => [waiter.waiting(), waiter.waiting('p'), waiter.waiting('q')];
  const answers = [CALLER, CALLER, { ...CALLER, projectId: 'q' }].map((caller) => waiter.carriedOut(attach, caller));
  expect(counts()).toEqual([3, 2, 1]);

  bell.next();
  await Promise.all(answers);

  expect(counts()).toEqual([0, 0, 0]);
});

it('leaves a waiter the time to drain and no more', async () => {
  const { waiter, calls } = waiting(['running'], NEVER, { DRAIN_MS: 0 });
  const answer = waiter.carriedOut(attach, CALLER);

  waiter.onModuleDestroy();

  expect(await answer).toBeNull();
  expect(calls).toEqual(['ring attachment.attach', 'look']);
});

describe('while the database cannot be asked', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue()));
  afterEach(() => warn.mockRestore());

  const away = new Error('connection terminated');

  it('a look that fails has seen nothing, and the next one counts', async () => {
    const { waiter, calls } = waiting([away, away, 'succeeded'], of(undefined));

    expect(await waiter.carriedOut(attach, CALLER)).toMatchObject({ state: 'succeeded' });
    expect(calls).toEqual(['ring attachment.attach', 'look', 'look', 'look']);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('operation o '), away]]);
  });

  it('nobody knows at the wait limit', async () => {
    const { waiter } = waiting([away], of(undefined), { WAIT_LIMIT_MS: 30 });

    expect(await waiter.carriedOut(attach, CALLER)).toBeNull();
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
