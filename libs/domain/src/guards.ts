import {
  attachmentNotFound,
  beingAttached,
  createInErrorState,
  duplicateConnectors,
  notDeletable,
  notDetachable,
  notReservable,
  updateInErrorState,
  volumeNotFound,
} from './errors.js';
import type { OperationKind } from './operation.js';
import {
  type AttachStatus,
  DETACHABLE_MIGRATION,
  isErrorStatus,
  MIGRATION_SETTLED,
  RESERVABLE_BY_SAME_INSTANCE,
  reservableFrom,
  TRANSITIONS,
  type VolumeStatus,
} from './transitions.js';

/** Everything that a decision about a volume needs, read in one statement. Whoever acts on it compares `revision`, so it cannot have changed. */
export interface Situation {
  volume: {
    id: string;
    projectId: string;
    /** Who made it. */
    userId: string;
    status: VolumeStatus;
    attachStatus: AttachStatus;
    migrationStatus: string | null;
    multiattach: boolean;
    bootable: boolean;
    /** `host@backend` of its place; null while it has none. */
    backend: string | null;
    /** Whether a worker has served that backend lately. */
    served: boolean;
    /** Admin metadata `readonly` is "True" (Cinder takes any value for it: DEVIATE). */
    readonly: boolean;
    /** Admin metadata `attached_mode`: what the last os-attach said; null: none stands. */
    attachedMode: string | null;
    /** In GiB. */
    size: number;
    revision: string;
  };
  attachments: AttachmentFacts[];
  /** What was connected without an attachment's row, and is not disconnected yet. */
  connections: ConnectionFacts[];
  unfinished: UnfinishedFacts[];
}

/** A live attachment of the volume. */
export interface AttachmentFacts {
  id: string;
  instanceUuid: string | null;
  attachStatus: AttachStatus;
  /** Digest of the connector that it is connected with; null: not connected. */
  digest: string | null;
  /** An attach of it has reached, or may have reached, a driver. */
  touched: boolean;
  /** The stored attach_mode. */
  mode: string | null;
  /** The attached_host. */
  host: string | null;
}

/** A connection that an operation of its own owns. */
export interface ConnectionFacts {
  operationId: string;
  digest: string;
  /** Host of the connector; empty where it names none. */
  host: string;
  /** A disconnect has been promised for it. */
  ending: boolean;
}

/** An operation of the volume that has not ended. */
export interface UnfinishedFacts {
  id: string;
  kind: OperationKind;
  attachmentId: string | null;
  digest: string | null;
  /** Host of the connector; empty where there is none. */
  host: string;
  creates: boolean;
  instanceUuid: string | null;
  requestId: string;
  globalRequestId: string | null;
}

/** Asked about a part of a call, once its volume is known; policy answers. @throws forbidden */
export type Leave = (volume: Pick<Situation['volume'], 'projectId' | 'userId'>) => void;

/** What a caller finds when he asks for something: work of his own kind already in flight, or leave to begin. */
export type Entry = { join: UnfinishedFacts } | { begin: true };
const BEGIN: Entry = { begin: true };

export const unfinishedOf = (situation: Situation, kind: OperationKind, attachmentId: string | null = null) =>
  situation.unfinished.find((op) => op.kind === kind && (attachmentId === null || op.attachmentId === attachmentId));

/**
 * @throws invalid. Returns the status that the volume takes: a same-instance reserve leaves it alone (spec: state-machine §3). A bootable volume
 * that is in use is shared by leave alone (spec: attachments-api §6.2 step 4).
 */
export function mayReserve(situation: Situation, instanceUuid: string | null, leaveToShare?: Leave): VolumeStatus {
  const { id, status, multiattach, bootable } = situation.volume;
  if (isErrorStatus(status)) throw createInErrorState(id, status);
  if (multiattach && bootable && status === TRANSITIONS.complete.volume) leaveToShare?.(situation.volume);
  const from = reservableFrom(multiattach);
  if (from.includes(status) && !unfinishedOf(situation, 'delete-volume')) return TRANSITIONS.reserve.volume;
  const sameInstance = instanceUuid !== null && situation.attachments.some((other) => other.instanceUuid === instanceUuid);
  if (sameInstance && RESERVABLE_BY_SAME_INSTANCE.includes(status)) return status;
  throw notReservable(id, from, status);
}

/** A create that is sent again joins the first; without a global request id nothing tells the two apart, so nothing joins (design §6). */
export function resentCreate(
  situation: Situation,
  instanceUuid: string | null,
  digest: string,
  globalRequestId: string | null,
): UnfinishedFacts | undefined {
  if (globalRequestId === null) return undefined;
  return situation.unfinished.find(
    (op) =>
      op.creates &&
      op.kind === 'attach' &&
      op.instanceUuid === instanceUuid &&
      op.digest === digest &&
      op.globalRequestId === globalRequestId,
  );
}

/** @throws notFound, conflict (spec: attachments-api §7.2). Joining comes first; a row's own equal connector is no duplicate (DEVIATE). */
export function mayAttach(situation: Situation, attachmentId: string, digest: string): Entry {
  const { id, status, multiattach } = situation.volume;
  if (unfinishedOf(situation, 'delete-volume')) throw volumeNotFound(id);
  const row = liveRow(situation, attachmentId);

  const inFlight = unfinishedOf(situation, 'attach', attachmentId);
  if (inFlight?.digest === digest) return { join: inFlight };
  if (isErrorStatus(status)) throw updateInErrorState(id, status);
  if (inFlight) throw beingAttached(attachmentId, inFlight.host, inFlight.requestId);

  if (!multiattach && situation.attachments.length > 1 && row.digest !== digest && anyConnected(situation, attachmentId))
    throw duplicateConnectors(id);
  return BEGIN;
}

/** @throws notFound (spec: attachments-api §9). `waits`: behind the attachment's own unfinished attach. */
export function mayComplete(situation: Situation, attachmentId: string): { waits: boolean } {
  if (unfinishedOf(situation, 'delete-volume')) throw attachmentNotFound(attachmentId);
  liveRow(situation, attachmentId);
  return { waits: unfinishedOf(situation, 'attach', attachmentId) !== undefined };
}

/** @throws notFound. `driver`: whether anything may be connected, so that a driver must be asked (design §6). */
export function mayDetach(situation: Situation, attachmentId: string): { join: UnfinishedFacts } | { driver: boolean } {
  const inFlight = unfinishedOf(situation, 'detach', attachmentId);
  if (inFlight) return { join: inFlight };
  const row = liveRow(situation, attachmentId);
  return { driver: row.touched || row.digest !== null };
}

/** For the log: the words that callers hear are Cinder's, which knows of no such thing. */
const CONNECTED = 'something is connected to the volume, or an operation of it is unfinished: see mooring-admin operation list --volume';

/**
 * @throws invalid (spec: state-machine §5). Refused as well while an operation other than a settle is unfinished, or anything is connected
 * (design §6). By force the status does not count, nor a connection that no row owns.
 */
export function mayDeleteVolume({ volume, attachments, connections, unfinished }: Situation, force = false): void {
  const from: readonly string[] = force ? [] : TRANSITIONS.deleteVolume.volumeIs;
  const settled = isMigrationSettled(volume.migrationStatus);
  const connected = attachments.some((row) => row.digest !== null || row.touched) || (!force && connections.length > 0);
  const busy = unfinished.some((op) => op.kind !== 'settle') || connected;
  const wrong = !force && !from.includes(volume.status);
  if (wrong || volume.attachStatus === 'attached' || !settled || busy)
    throw notDeletable(from, busy ? { cause: new Error(CONNECTED) } : {});
}

/** @throws invalid. `nothing`: Cinder answers 202 to a migrating volume and changes nothing (spec: state-machine §7). */
export function mayBeginDetaching({ volume }: Situation): 'begin' | 'nothing' {
  const { volumeIs, volumeAttachStatusIs } = TRANSITIONS.beginDetaching;
  const still = (DETACHABLE_MIGRATION as readonly string[]).includes(volume.migrationStatus ?? '');
  if ((volumeIs as readonly string[]).includes(volume.status) && volume.attachStatus === volumeAttachStatusIs && still) return 'begin';
  if (!still) return 'nothing';
  throw notDetachable();
}

export const isMigrationSettled = (status: string | null) => (MIGRATION_SETTLED as readonly string[]).includes(status ?? '');

/** What another row's attach may have left at the backend counts; the row's own leftovers end before it connects anybody. */
const anyConnected = ({ attachments, unfinished }: Situation, attachmentId: string) =>
  attachments.some((row) => row.digest !== null || (row.touched && row.id !== attachmentId)) ||
  unfinished.some((op) => op.kind === 'attach');

/** An attachment that is being deleted is gone for everybody but its delete. */
function liveRow(situation: Situation, attachmentId: string): AttachmentFacts {
  const row = situation.attachments.find(({ id }) => id === attachmentId);
  if (!row || unfinishedOf(situation, 'detach', attachmentId)) throw attachmentNotFound(attachmentId);
  return row;
}
