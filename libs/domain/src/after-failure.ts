import { DriverError, type DriverErrorKind } from './driver-error.js';
import type { AttachClaim, Claim, ConnectClaim, Reason, ReasonClass } from './operation.js';

/** What becomes of an operation whose driver call failed (design §5, "Failure"). */
export type AfterFailure =
  | { then: 'again'; reason: Reason } // nobody knows yet, or the backend is away: another attempt
  | { then: 'undo'; reason: Reason } // it has failed, and something may be there
  | { then: 'fail'; reason: Reason }; // it has failed, and nothing is there

const CLASSES: Record<DriverErrorKind, ReasonClass> = {
  invalidConnector: 'invalidConnector',
  unavailable: 'backend',
  notReady: 'notReady',
  stale: 'backend',
  failed: 'backend',
};

/** Errors that nobody meant to throw have no text for callers. */
export const reasonOf = (error: unknown): Reason =>
  error instanceof DriverError ? { class: CLASSES[error.kind], text: error.message } : { class: 'internal', text: null };

/**
 * An attach has failed only when its undo is confirmed; "not done" needs none, if no earlier attempt may have done something. Where another
 * connection is replaced, the step that failed may be the one behind the connection's own.
 */
export function afterAttachFailure(
  claim: Pick<AttachClaim | ConnectClaim, 'attempts' | 'ageMs' | 'replaces'>,
  error: unknown,
  windowMs: number,
): AfterFailure {
  const reason = reasonOf(error);
  if (isUnavailable(error) && claim.ageMs < windowMs) return { then: 'again', reason };
  const nothingDone = error instanceof DriverError && error.outcome === 'notDone' && claim.attempts === 1 && !claim.replaces;
  return nothingDone ? { then: 'fail', reason } : { then: 'undo', reason };
}

/**
 * A detach or disconnect goes on for ever while the backend is away; what is done to a volume as a whole for the attach window. What nobody
 * could ask for again goes on whatever the driver says: a settle, and the detach or disconnect of what was given up.
 */
export function afterOtherFailure(
  claim: Pick<Claim, 'kind' | 'ageMs'> & { abandons?: boolean },
  error: unknown,
  windowMs: number,
): AfterFailure {
  const reason = reasonOf(error);
  const patient = claim.kind === 'detach' || claim.kind === 'disconnect' || claim.ageMs < windowMs;
  if (claim.kind === 'settle' || claim.abandons || (isUnavailable(error) && patient)) return { then: 'again', reason };
  return { then: 'fail', reason };
}

const isUnavailable = (error: unknown): boolean => error instanceof DriverError && (error.kind === 'unavailable' || error.kind === 'stale');
