/** What a volume may be as far as attachments look at it; other flows' words (uploading, retyping, ...) are stored and answered as they are. */
export type VolumeStatus =
  'creating' | 'available' | 'reserved' | 'attaching' | 'in-use' | 'detaching' | 'deleting' | 'error' | 'error_deleting' | (string & {});
export type AttachStatus = 'reserved' | 'attaching' | 'attached' | 'detaching' | 'detached' | 'error_attaching' | 'error_detaching';

interface Transition {
  volumeIs?: readonly VolumeStatus[];
  volumeIsIfMultiattach?: readonly VolumeStatus[];
  volumeAttachStatusIs?: AttachStatus;
  volume?: VolumeStatus;
  /** What it becomes instead while an attachment is there. */
  volumeIfAttached?: VolumeStatus;
  volumeAttachStatus?: AttachStatus;
  attachment?: AttachStatus;
}

/**
 * Every change of an attachment's and a volume's status (spec: state-machine §3, §7).
 * Attach and complete have no guard: compute repeats them after a lost answer, from whatever state the first one left.
 */
export const TRANSITIONS = {
  reserve: { volumeIs: ['available', 'downloading'], volumeIsIfMultiattach: ['in-use'], volume: 'reserved', attachment: 'reserved' },
  attach: { volume: 'attaching', volumeAttachStatus: 'attaching', attachment: 'attaching' },
  attachUnready: { attachment: 'error_attaching' },
  complete: { volume: 'in-use', volumeAttachStatus: 'attached', attachment: 'attached' },
  detach: { attachment: 'detached' },
  beginDetaching: { volumeIs: ['in-use'], volumeAttachStatusIs: 'attached', volume: 'detaching' },
  rollDetaching: { volumeIs: ['detaching'], volume: 'in-use' },
  createVolume: { volume: 'creating', volumeAttachStatus: 'detached' },
  volumeCreated: { volume: 'available' },
  volumeNotCreated: { volume: 'error' },
  reserveByAction: { volumeIs: ['available'], volumeIsIfMultiattach: ['in-use'], volume: 'attaching' },
  unreserve: { volumeIs: ['attaching'], volume: 'available', volumeIfAttached: 'in-use' },
  attachByAction: { volume: 'in-use', volumeAttachStatus: 'attached', attachment: 'attached' },
  extend: { volumeIs: ['available'], volume: 'extending' },
  extendAttached: { volumeIs: ['in-use'], volume: 'extending' },
  volumeNotExtended: { volume: 'error_extending' },
  changeReadonly: { volumeIs: ['available'] },
  deleteVolume: { volumeIs: ['available', 'error', 'error_restoring', 'error_extending', 'error_managing'], volume: 'deleting' },
  volumeDeleted: { volume: 'deleted' },
  volumeNotDeleted: { volume: 'error_deleting' },
} as const satisfies Record<string, Transition>;

/** The statuses from which a volume may be reserved, in the order in which a refusal names them (spec: attachments-api §6.2). */
export function reservableFrom(multiattach: boolean): readonly VolumeStatus[] {
  const { volumeIs, volumeIsIfMultiattach } = TRANSITIONS.reserve;
  return multiattach ? [volumeIs[0], ...volumeIsIfMultiattach, ...volumeIs.slice(1)] : volumeIs;
}

/** The statuses from which os-reserve takes a volume (spec: state-machine §7). */
export function reservableByActionFrom(multiattach: boolean): readonly VolumeStatus[] {
  const { volumeIs, volumeIsIfMultiattach } = TRANSITIONS.reserveByAction;
  return multiattach ? [...volumeIs, ...volumeIsIfMultiattach] : volumeIs;
}

/** A volume that an administrator has set aside: nothing is attached to it or detached from it by an action (spec: state-machine §10). */
export const SET_ASIDE: VolumeStatus = 'maintenance';

/** The statuses in which a second attachment of the same instance may be reserved all the same: live and cold migration (spec: state-machine §3). */
export const RESERVABLE_BY_SAME_INSTANCE: readonly VolumeStatus[] = ['in-use', 'reserved'];

/** While a volume is in one of these, its metadata stays as it is; in the first, its name and description too (spec: volumes-surface §3). */
export const FROZEN: readonly [VolumeStatus, ...VolumeStatus[]] = ['maintenance', 'uploading'];

/** A migration that is over or never was; any other value means that the migration writes the volume's status (spec: state-machine §5). */
export const MIGRATION_SETTLED = ['', 'success', 'error'] as const;
/** What os-begin_detaching takes for "not migrating" (spec: state-machine §7). */
export const DETACHABLE_MIGRATION = ['', 'deleting', 'error', 'success'] as const;

export interface Recomputed {
  remaining: AttachStatus;
  volume: VolumeStatus;
  attachStatus: AttachStatus;
}

/** Strongest first: the first status still present among the attachments decides what the volume becomes when one goes (spec: state-machine §5). */
export const REMAINING: readonly Recomputed[] = [
  { remaining: 'attached', volume: 'in-use', attachStatus: 'attached' },
  { remaining: 'attaching', volume: 'attaching', attachStatus: 'attaching' },
  { remaining: 'detaching', volume: 'detaching', attachStatus: 'detaching' },
  { remaining: 'reserved', volume: 'reserved', attachStatus: 'reserved' },
];
/** What a volume becomes when no attachment, or none but failed ones, remains; not written while a migration or an upload owns the status. */
export const NONE_REMAINING = { volume: 'available', attachStatus: 'detached', unlessVolumeIs: 'uploading' } as const;

/** Cinder looks for the substring: every status with "error" in it counts (spec: attachments-api §6.2). */
export const isErrorStatus = (status: VolumeStatus): boolean => status.includes('error');
