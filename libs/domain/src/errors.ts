/** What went wrong, in words of the domain; the gateway alone knows which status each is. */
export type ErrorKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'notAcceptable'
  | 'conflict'
  | 'preconditionFailed' // the caller named a version of what it changes, and it is another one by now
  | 'tooLarge'
  | 'unsupportedMediaType'
  | 'backend'
  | 'lost' // the database went away under a statement that changes something: it is done, or it is not
  | 'unavailable' // nothing was done
  | 'unknownYet';

/** An error whose text is meant for the caller. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Used where Cinder hides the reason (spec: microversions-and-errors §5). */
export const DEFAULT_TEXT = {
  invalid: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  notFound: 'The resource could not be found.',
  backend: 'The server has either erred or is incapable of performing the requested operation.',
  unavailable: 'The server is currently unavailable. Please try again at a later time.',
} as const;

export const attachmentNotFound = (id: string) =>
  new ServiceError('notFound', `Volume attachment could not be found with filter: attachment_id = ${id}.`);
export const volumeNotFound = (id: string) => new ServiceError('notFound', `Volume ${id} could not be found.`);
export const volumeTypeNotFound = (id: string) => new ServiceError('notFound', `Volume type ${id} could not be found.`);
export const qosSpecsNotFound = (id: string) => new ServiceError('notFound', `No such QoS spec ${id}.`);
export const qosKeyNotFound = (id: string, key: string) => new ServiceError('notFound', `QoS spec ${id} has no spec with key ${key}.`);
export const qosNameTaken = (name: string) => new ServiceError('conflict', `QoS Specs ${name} already exists.`);
export const qosSpecsInUse = () => new ServiceError('invalid', 'Qos specs still in use.');
export const typeHasOtherQos = (typeId: string, qosSpecsId: string) =>
  new ServiceError('invalid', `Invalid volume type: Type ${typeId} is already associated with another qos specs: ${qosSpecsId}`);
export const invalidInput = (why: string) => new ServiceError('invalid', `Invalid input received: ${why}`);
export const invalidVolume = (why: string, options?: ErrorOptions) => new ServiceError('invalid', `Invalid volume: ${why}`, options);
/** An empty instance: it cannot be told which one. */
export const usedByCompute = (instanceUuid: string) =>
  new ServiceError('conflict', `ConflictNovaUsingAttachment: Detach volume from instance ${instanceUuid} using the Compute API`);
export const resourceConflict = (why: string) => new ServiceError('conflict', `Resource conflict: ${why}`);
export const policyRefuses = (rule: string) => new ServiceError('forbidden', `Policy doesn't allow ${rule} to be performed.`);
export const backendFailure = (text: string = DEFAULT_TEXT.backend, options?: ErrorOptions) => new ServiceError('backend', text, options);
export const unavailable = (options?: ErrorOptions) => new ServiceError('unavailable', DEFAULT_TEXT.unavailable, options);
export const lost = (options?: ErrorOptions) => new ServiceError('lost', DEFAULT_TEXT.backend, options);

/** The wait limit of update and delete: the work goes on, and a repeat joins it (spec: attachments-api §7.3). */
export const outcomeUnknown = () =>
  new ServiceError(
    'unknownYet',
    'The server did not hear from the storage backend in time. The operation goes on; repeat the request to join it.',
  );

export const notReservable = (volumeId: string, from: readonly string[], status: string) =>
  invalidVolume(`Volume ${volumeId} status must be ${from.join(' or ')} to reserve, but the current status is ${status}.`);
/** Ends in a blank, as Cinder's does (spec: attachments-api §6.2). */
export const createInErrorState = (volumeId: string, status: string) =>
  invalidVolume(
    `Volume attachments can not be created if the volume is in an error state. The Volume ${volumeId} currently has a status of: ${status} `,
  );
export const updateInErrorState = (volumeId: string, status: string) =>
  resourceConflict(
    `Volume attachments can not be updated if the volume is in an error state. The Volume ${volumeId} currently has a status of: ${status} `,
  );
export const duplicateConnectors = (volumeId: string) => resourceConflict(`duplicate connectors detected on volume ${volumeId}`);
export const beingAttached = (attachmentId: string, host: string, requestId: string) =>
  resourceConflict(`attachment ${attachmentId} is being attached to host ${host} by request ${requestId}.`);
export const changedMeanwhile = (attachmentId: string) =>
  resourceConflict(`attachment ${attachmentId} was changed by another request before this one was answered.`);
export const notDetachable = () =>
  invalidVolume("Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.");
/** `from`: the statuses that would do; none where the status does not count (spec: volumes-surface §3). */
export const notDeletable = (from: readonly string[], options?: ErrorOptions) =>
  invalidVolume(
    `Volume${from.length > 0 ? ` status must be ${from.join(' or ')} and` : ''} must not be migrating, attached, belong to a group, ` +
      'have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.',
    options,
  );
export const notReservableByAction = (from: readonly string[], status: string) =>
  invalidVolume(`Volume status must be ${from.join(' or ')} to reserve, but the status is ${status}.`);
export const setAside = (what: string) => invalidVolume(`The volume ${what} in maintenance mode.`);
export const wrongAttachMode = (volumeId: string, mode: string) =>
  new ServiceError('invalid', `Invalid attaching mode '${mode}' for volume ${volumeId}.`);
export const manyAttachments = () => invalidVolume('Detach volume failed: More than one attachment, but no attachment_id provided.');
export const notExtendable = (volumeId: string, from: readonly string[], status: string) =>
  invalidVolume(`Volume ${volumeId} status must be '${from.join(' or ')}' to extend, currently ${status}.`);
export const notGrowing = (size: number, wanted: number) =>
  invalidInput(`New size for extend must be greater than current size. (current: ${size}, extended: ${wanted}).`);
export const withoutPlace = (volumeId: string) => invalidVolume(`Volume ${volumeId} has no place on any backend.`);
/** `why` begins with a blank, or is empty. */
export const notToBeReset = (status: string, why = '') => new ServiceError('invalid', `Cannot reset-state to ${status}${why}`);
/** What was named is none of the words that there are (spec: volumes-surface §6). */
export const noSuchWord = (what: string, said: string, valid: string) =>
  new ServiceError('invalid', `Volume ${what}: ${said} is invalid, valid statuses are: ${valid}.`);
export const nothingToReset = () => new ServiceError('invalid', "Must specify 'status', 'attach_status' or 'migration_status' for update.");
export const notConnected = (options?: ErrorOptions) => backendFailure('Unable to fetch connection information from backend.', options);
export const notDisconnected = (options?: ErrorOptions) => backendFailure('Unable to terminate volume connection from backend.', options);
export const readonlyNotChangeable = (volumeId: string, status: string) =>
  invalidVolume(`Volume ${volumeId} status must be available to update readonly flag, but current status is: ${status}.`);

/** Create answers 500 whatever the worker found, even for an invalid connector (spec: attachments-api §6.5). */
export const createFailed = (inner: string | null) =>
  backendFailure(inner === null ? 'Unable to create attachment for volume.' : `Unable to create attachment for volume (${inner}).`);
export const updateFailed = (inner: string | null) =>
  backendFailure(inner === null ? 'Unable to update the attachment.' : `Unable to update attachment (${inner}).`);
