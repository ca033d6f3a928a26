import { usedByCompute } from './errors.js';
import { type AttachmentFacts, type Situation, unfinishedOf } from './guards.js';

/** An attachment that compute may still use. */
export interface ComputeUse {
  instanceUuid: string;
  volumeId: string;
  attachmentId: string;
}

/**
 * Asked of compute before somebody who is no service ends a connection that belongs to an instance, about the state that is changed next
 * (spec: state-machine §6). @throws what the caller is to hear.
 */
export type ReleaseGuard = (use: ComputeUse) => Promise<void>;

/** Null: compute need not be asked, since there is no instance, or nothing is connected and no attach is under way that may connect it. */
export function computeUse(situation: Situation, attachmentId: string): ComputeUse | null {
  const row = situation.attachments.find(({ id }) => id === attachmentId);
  if (!row || row.instanceUuid === null) return null;
  const mayBeConnected = row.digest !== null || unfinishedOf(situation, 'attach', attachmentId) !== undefined;
  return mayBeConnected ? { instanceUuid: row.instanceUuid, volumeId: situation.volume.id, attachmentId } : null;
}

/** Of an attach that would end the connection of another connector; null: there is none, or nobody uses it. */
export function replacedUse(situation: Situation, attachmentId: string, digest: string): ComputeUse | null {
  const row = situation.attachments.find(({ id }) => id === attachmentId);
  return row && row.digest !== null && row.digest !== digest ? computeUse(situation, attachmentId) : null;
}

/** @throws what the guard throws */
export async function askCompute(guard: ReleaseGuard | null, use: ComputeUse | null): Promise<void> {
  if (guard && use) await guard(use);
}

/** The volume's one attachment; null where it has none. @throws conflict where it has several: nobody can tell which instance it is about. */
export function onlyAttachment({ attachments }: Situation): AttachmentFacts | null {
  if (attachments.length > 1) throw usedByCompute('');
  return attachments[0] ?? null;
}
