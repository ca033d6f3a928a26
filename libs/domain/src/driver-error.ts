/** Whether the effect of a failed call is there. `unknown` is never taken for either. */
export type Outcome = 'done' | 'notDone' | 'unknown';

export type DriverErrorKind =
  | 'invalidConnector' // the caller's fault; nothing was done
  | 'unavailable' // the backend does not answer: worth another try
  | 'notReady' // the driver is not initialised
  | 'stale' // fenced: a later claim has already reached the backend
  | 'failed'; // the backend answered, and said no

/** The one error that a driver throws on purpose; its message is shown to callers and must hold no secret. */
export class DriverError extends Error {
  override readonly name = 'DriverError';

  constructor(
    readonly kind: DriverErrorKind,
    readonly outcome: Outcome,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** `missing` names the keys that the connector lacks (spec: worker-and-drivers §5). */
export const invalidConnector = (missing: string) =>
  new DriverError('invalidConnector', 'notDone', `Connector doesn't have required information: ${missing}`);
export const backendUnavailable = (why: string, outcome: Outcome = 'unknown', options?: ErrorOptions) =>
  new DriverError('unavailable', outcome, why, options);
export const driverNotReady = () => new DriverError('notReady', 'notDone', 'Volume driver not ready.');
export const staleCall = (volumeId: string, number: bigint, last: bigint) =>
  new DriverError('stale', 'notDone', `call ${number} for volume ${volumeId} is behind call ${last}, which the backend has already seen`);
