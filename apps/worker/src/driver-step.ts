import { setTimeout as pause } from 'node:timers/promises';
import { HandOver } from '@app/attachments';
import { type Connection, type DriverCall, DriverError, told } from '@app/domain';
import { secretsIn } from '@app/platform';

/** How long a driver has to let go of a call when its process ends. */
const LET_GO_MS = 1_500;

/**
 * A driver call that may take no longer than its deadline, and no longer than the claim under which it is made.
 * @throws HandedOver when the process ends first, and the call has not succeeded all the same.
 */
export async function within<T>(call: DriverCall, work: (call: DriverCall) => Promise<T>): Promise<T> {
  if (endsWithProcess(call)) throw new HandedOver(true);
  const bounded = new AbortController();
  const giveUp = () => bounded.abort();
  const timer = setTimeout(giveUp, Math.max(0, call.deadline.getTime() - Date.now()));
  call.signal.addEventListener('abort', giveUp);
  const abandoned = new Promise<never>((_, reject) => bounded.signal.addEventListener('abort', () => reject(new AbandonedCall())));
  if (call.signal.aborted) giveUp();
  const working = work({ ...call, signal: bounded.signal });
  try {
    return await Promise.race([working, abandoned]);
  } catch (error) {
    if (endsWithProcess(call)) return await lastWord(working);
    throw error;
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', giveUp);
  }
}

const endsWithProcess = ({ signal }: DriverCall): boolean => signal.reason instanceof HandOver;

/** Whether the next claim may come at once hangs on it: only a call that has ended cannot meet the next one at the backend. */
async function lastWord<T>(working: Promise<T>): Promise<T> {
  const ended = working.then(
    (value) => ({ value }),
    (cause: unknown) => ({ cause }),
  );
  const outcome = await Promise.race([ended, pause(LET_GO_MS, null, { ref: false })]);
  if (outcome && 'value' in outcome) return outcome.value;
  throw new HandedOver(outcome !== null, { cause: outcome?.cause });
}

/** The process ends before the work does, and another one is to do it. Nobody has failed. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver';

  constructor(
    /** Whether the driver has let go of its call. */
    readonly ended: boolean,
    options?: ErrorOptions,
  ) {
    super(ended ? 'the process ends' : 'the process ends, and the driver does not let go of its call', options);
  }
}

/** What a log may say of a failure: everything but the secrets of the connections that it was about, ours and those that their hosts have told. */
export const explained = (error: unknown, connections: readonly Connection[]): string => withoutSecrets(told(error), connections);

/** A driver must keep them out of its errors; this one is not believed in it. */
export const withoutSecrets = (text: string, connections: readonly Connection[]): string =>
  connections
    .flatMap(({ credential, connector }) => [credential.secret, ...secretsIn(connector)])
    .sort((one, other) => other.length - one.length) // one may begin another
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

/**
 * Nobody waits for the driver any more, but it may still do its work. So nothing else may be asked of it under the same number: the next
 * claim's number fences it off.
 */
export class AbandonedCall extends DriverError {
  constructor() {
    super('unavailable', 'unknown', 'the storage backend did not answer in time');
  }
}

const PREFIX = 'Bad or unexpected response from the storage volume backend API:';

/** How each step's failure is worded for the caller (spec: worker-and-drivers §2). */
const STEP_TEXT = {
  validate: (why: string) => `${PREFIX} Validate volume connection failed (error: ${why}).`,
  createExport: (why: string) => `${PREFIX} Create export for volume failed (${why}).`,
  initialize: (why: string) => `${PREFIX} Driver initialize connection failed (error: ${why}).`,
  terminate: (why: string) => `${PREFIX} Terminate volume connection failed: ${why}`,
} as const;

/** Runs one step and words its failure. An invalid connector and a driver that is not ready speak for themselves. */
export async function step<T>(name: keyof typeof STEP_TEXT, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw worded(name, error);
  }
}

function worded(name: keyof typeof STEP_TEXT, error: unknown): unknown {
  if (error instanceof AbandonedCall || error instanceof HandedOver) return error;
  if (error instanceof DriverError) {
    if (error.kind === 'notReady' || (error.kind === 'invalidConnector' && name === 'validate')) return error;
    return new DriverError(error.kind, error.outcome, STEP_TEXT[name](error.message), { cause: error });
  }
  // Cinder hides what is no exception of its own when an export is made, and shows it everywhere else (spec: state-machine §8).
  if (name === 'createExport') return error;
  const outcome = name === 'validate' ? 'notDone' : 'unknown';
  return new DriverError('failed', outcome, STEP_TEXT[name](error instanceof Error ? error.message : String(error)), { cause: error });
}
