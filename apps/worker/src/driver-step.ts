import { type Connection, type DriverCall, DriverError, told } from '@app/domain';

/** A driver call that may take no longer than its deadline, and no longer than the claim under which it is made. */
export async function within<T>(call: DriverCall, work: (call: DriverCall) => Promise<T>): Promise<T> {
  const bounded = new AbortController();
  const giveUp = () => bounded.abort();
  const timer = setTimeout(giveUp, Math.max(0, call.deadline.getTime() - Date.now()));
  call.signal.addEventListener('abort', giveUp);
  const abandoned = new Promise<never>((_, reject) => bounded.signal.addEventListener('abort', () => reject(new AbandonedCall())));
  if (call.signal.aborted) giveUp();
  try {
    return await Promise.race([work({ ...call, signal: bounded.signal }), abandoned]);
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', giveUp);
  }
}

/** What a log may say of a failure: everything but the credentials of the connections that it was about. */
export const explained = (error: unknown, connections: readonly Connection[]): string => withoutSecrets(told(error), connections);

/** A driver must keep them out of its errors; this one is not believed in it. */
export const withoutSecrets = (text: string, connections: readonly Connection[]): string =>
  connections.reduce((shown, { credential }) => shown.replaceAll(credential.secret, '***'), text);

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
  if (error instanceof AbandonedCall) return error;
  if (error instanceof DriverError) {
    if (error.kind === 'notReady' || (error.kind === 'invalidConnector' && name === 'validate')) return error;
    return new DriverError(error.kind, error.outcome, STEP_TEXT[name](error.message), { cause: error });
  }
  // Cinder hides what is no exception of its own when an export is made, and shows it everywhere else (spec: state-machine §8).
  if (name === 'createExport') return error;
  const outcome = name === 'validate' ? 'notDone' : 'unknown';
  return new DriverError('failed', outcome, STEP_TEXT[name](error instanceof Error ? error.message : String(error)), { cause: error });
}
