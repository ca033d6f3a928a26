import type { AttachmentRecord, Look } from '@app/attachments';
import {
  attachmentNotFound,
  backendFailure,
  changedMeanwhile,
  createFailed,
  invalidInput,
  type Reason,
  type ReasonClass,
  type ServiceError,
  updateFailed,
} from '@app/domain';

/**
 * What each call answers once its operation has ended (spec: attachments-api §6.5, §7.3, state-machine §8; design §6).
 * All of them throw what the caller is to hear when it has not succeeded.
 */

/** An update. 409 when another request has changed the attachment before this one was answered. */
export function attached(look: Look, attachmentId: string): AttachmentRecord {
  return succeeded(look, attachmentId, UPDATE_REFUSALS);
}

/** A create. The id was never told to anybody, so every failure is about the volume, also that of one that a delete overtook: no 404. */
export function created(look: Look, attachmentId: string): AttachmentRecord {
  return succeeded(look, attachmentId, CREATE_REFUSALS);
}

/** A complete: it says nothing once it was carried out, whatever came after it. */
export function completed({ state, reason }: Look, attachmentId: string): void {
  if (state !== 'succeeded') throw isOver(reason) ? attachmentNotFound(attachmentId) : backendFailure();
}

/** A delete: what is left of the volume's attachments. Cinder hides why it failed; the log has it. */
export function detached({ state, reason, remaining }: Look, attachmentId: string): AttachmentRecord[] {
  if (state === 'succeeded') return remaining;
  if (isOver(reason)) throw attachmentNotFound(attachmentId);
  throw backendFailure(undefined, reason ? { cause: new Error(`${reason.class}: ${reason.text ?? ''}`) } : {});
}

type Refusals = Record<ReasonClass, (text: string | null, attachmentId: string) => ServiceError>;

const UPDATE_REFUSALS: Refusals = {
  invalidConnector: (text) => invalidInput(text ?? ''),
  backend: (text) => updateFailed(text),
  notReady: (text) => updateFailed(text),
  internal: () => updateFailed(null),
  superseded: (_, id) => attachmentNotFound(id),
  gone: (_, id) => attachmentNotFound(id),
};

const CREATE_REFUSALS: Refusals = {
  invalidConnector: (text) => createFailed(invalidInput(text ?? '').message),
  backend: (text) => createFailed(text),
  notReady: (text) => createFailed(text),
  internal: () => createFailed(null),
  superseded: () => createFailed(null),
  gone: () => createFailed(null),
};

function succeeded({ state, reason, current, attachment }: Look, attachmentId: string, refusals: Refusals): AttachmentRecord {
  if (state !== 'succeeded') throw refusals[reason?.class ?? 'internal'](reason?.text ?? null, attachmentId);
  if (!current || !attachment) throw changedMeanwhile(attachmentId);
  return attachment;
}

const isOver = (reason: Reason | null) => reason?.class === 'superseded' || reason?.class === 'gone';
