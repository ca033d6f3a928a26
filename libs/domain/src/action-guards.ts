import {
  invalidInput,
  invalidVolume,
  manyAttachments,
  notExtendable,
  notGrowing,
  notReservableByAction,
  readonlyNotChangeable,
  notToBeReset,
  setAside,
  volumeNotFound,
  withoutPlace,
  wrongAttachMode,
} from './errors.js';
import {
  type AttachmentFacts,
  type ConnectionFacts,
  isMigrationSettled,
  type Leave,
  type Situation,
  unfinishedOf,
  type UnfinishedFacts,
} from './guards.js';
import {
  type AttachStatus,
  NONE_REMAINING,
  type Recomputed,
  REMAINING,
  reservableByActionFrom,
  SET_ASIDE,
  TRANSITIONS,
  type VolumeStatus,
} from './transitions.js';

const isAmong = (statuses: readonly VolumeStatus[], status: VolumeStatus) => statuses.includes(status);

/** @throws invalid (spec: state-machine §7). */
export function mayReserveByAction({ volume }: Situation): void {
  const from = reservableByActionFrom(volume.multiattach);
  if (!isAmong(from, volume.status)) throw notReservableByAction(from, volume.status);
}

/** What the volume becomes; null: it stays as it is (spec: state-machine §7). */
export function unreserved({ volume, attachments }: Situation): VolumeStatus | null {
  const { volumeIs, volume: free, volumeIfAttached } = TRANSITIONS.unreserve;
  if (!isAmong(volumeIs, volume.status)) return null;
  return attachments.length > 0 ? volumeIfAttached : free;
}

/** What os-attach says. */
export interface AttachByAction {
  instanceUuid: string | null;
  /** In the form in which it is stored. */
  host: string | null;
  mountpoint: string;
  mode: 'rw' | 'ro';
}

/** @throws invalid, notFound (spec: state-machine §7). `repeated`: the instance, or the host, has an attachment already. */
export function mayAttachByAction(situation: Situation, asked: AttachByAction): { repeated: boolean } {
  const { id, status, attachedMode, multiattach, migrationStatus, readonly } = situation.volume;
  if (unfinishedOf(situation, 'delete-volume')) throw volumeNotFound(id);
  if (status === SET_ASIDE) throw setAside('cannot be attached');
  if (readonly && asked.mode !== 'ro') throw wrongAttachMode(id, asked.mode);
  if (status === TRANSITIONS.reserveByAction.volume && attachedMode !== null && attachedMode !== asked.mode)
    throw invalidVolume('being attached by different mode');
  if (situation.attachments.some((other) => isOfSame(other, asked))) return { repeated: true };
  if (status === TRANSITIONS.attachByAction.volume && !multiattach && !migrationStatus)
    throw invalidVolume('volume is already attached and multiple attachments are not enabled');
  return { repeated: false };
}

const isOfSame = (other: AttachmentFacts, { instanceUuid, host }: AttachByAction) =>
  instanceUuid === null ? other.host === host : other.instanceUuid === instanceUuid;

/** The attachment that os-detach means; null: it is not there, and the volume is to be as if it had just gone. @throws invalid. */
export function detachedByAction({ volume, attachments }: Situation, attachmentId: string | null): AttachmentFacts | null {
  if (volume.status === SET_ASIDE) throw setAside('cannot be detached');
  if (attachmentId !== null) return attachments.find(({ id }) => id === attachmentId) ?? null;
  if (attachments.length > 1) throw manyAttachments();
  return attachments[0] ?? null;
}

/** What the attachments that are there make of their volume; undefined: none of them says anything (spec: state-machine §5). */
export const madeByAttachments = ({ attachments }: Situation): Recomputed | undefined =>
  REMAINING.find(({ remaining }) => attachments.some(({ attachStatus }) => attachStatus === remaining));

/** The connections that a connector names: by digest or host; all of them where it names nobody (spec: state-machine §7). */
export interface WhichConnections {
  digest: string | null;
  host: string;
}

/** @throws invalid, notFound. A repeat joins the connect in flight; `again`: the same connector is connected already. */
export function mayConnect(situation: Situation, digest: string): { join: UnfinishedFacts } | { again: ConnectionFacts | null } {
  const { id, status } = situation.volume;
  if (unfinishedOf(situation, 'delete-volume')) throw volumeNotFound(id);
  if (status === SET_ASIDE) throw setAside('connection cannot be initialized');
  const alive = situation.connections.filter((one) => one.digest === digest && !one.ending);
  const isEnding = (op: UnfinishedFacts) => situation.connections.some((one) => one.operationId === op.id && one.ending);
  const inFlight = situation.unfinished.find((op) => op.kind === 'connect' && op.digest === digest && !isEnding(op));
  if (inFlight) return { join: inFlight };
  return { again: alive[0] ?? null };
}

/** @throws invalid (spec: volumes-surface §5). `leaveAttached` is asked where the volume is in use; null: then none grows. */
export function mayExtend({ volume }: Situation, wanted: number, leaveAttached: Leave | null): void {
  const attached = leaveAttached !== null && isAmong(TRANSITIONS.extendAttached.volumeIs, volume.status);
  if (attached) leaveAttached(volume);
  const from = attached ? TRANSITIONS.extendAttached.volumeIs : TRANSITIONS.extend.volumeIs;
  if (!isAmong(from, volume.status)) throw notExtendable(volume.id, from, volume.status);
  if (wanted <= volume.size) throw notGrowing(volume.size, wanted);
  if (volume.backend === null) throw withoutPlace(volume.id);
}

/** @throws invalid (spec: volumes-surface §5). */
export function mayChangeReadonly({ volume }: Situation): void {
  if (!isAmong(TRANSITIONS.changeReadonly.volumeIs, volume.status)) throw readonlyNotChangeable(volume.id, volume.status);
}

/** What an administrator writes over a volume's state; what is absent stays as it is. */
export interface ResetStatus {
  status?: VolumeStatus;
  attachStatus?: 'attached' | 'detached';
  /** Null takes it away. */
  migrationStatus?: string | null;
}

/** The state that the volume then has. */
export interface Reset {
  status: VolumeStatus;
  attachStatus: AttachStatus;
  migrationStatus: string | null;
  /** Every attachment goes. */
  detaches: boolean;
}

/** @throws invalid. Where attachments go, what becomes of the volume then stands over what was asked for (spec: volumes-surface §6). */
export function resetByAction({ volume, attachments }: Situation, asked: ResetStatus): Reset {
  if (asked.status === TRANSITIONS.deleteVolume.volume) throw notToBeReset(asked.status);
  if (asked.status === TRANSITIONS.complete.volume && attachments.length === 0) throw notToBeReset(asked.status, NOTHING_ATTACHED);
  const detaches = asked.attachStatus === NONE_REMAINING.attachStatus;
  const { status, attachStatus, migrationStatus } = volume;
  const reset = { status, attachStatus, migrationStatus, ...asked, detaches };
  return detaches && attachments.length > 0 && isFree(reset) ? { ...reset, status: NONE_REMAINING.volume } : reset;
}

const NOTHING_ATTACHED = ' because volume does not have any attachments.';

/** Neither a migration nor an upload owns the status. */
const isFree = ({ status, migrationStatus }: Reset): boolean =>
  isMigrationSettled(migrationStatus) && !(!migrationStatus && status === NONE_REMAINING.unlessVolumeIs);

/** @throws invalid: the two stand in no migration that could be completed (spec: volumes-surface §5). */
export function mayCompleteMigration(source: MigratingVolume, destination: MigratingVolume): void {
  if (!source.migrationStatus) throw invalidVolume('Source volume not mid-migration.');
  if (!destination.migrationStatus) throw invalidVolume('Destination volume not mid-migration.');
  const expected = `target:${source.id}`;
  if (destination.migrationStatus !== expected)
    throw invalidVolume(`Destination has migration_status ${destination.migrationStatus}, expected ${expected}.`);
  throw invalidInput(`volume ${source.id} is moved by nobody here: Mooring migrates no volumes between backends.`);
}

interface MigratingVolume {
  id: string;
  migrationStatus: string | null;
}

/** As the statement says it that marks them (`connection.statements.ts`). */
const isMeant =
  ({ digest, host }: WhichConnections) =>
  (one: { digest: string | null; host: string }) =>
    (digest === null && host === '') || one.digest === digest || (host !== '' && one.host === host);

/** Whether anything is connected, or waits to be, that a disconnect of these would end. */
export const meant = ({ connections, unfinished }: Situation, which: WhichConnections): boolean =>
  [...connections, ...unfinished.filter(({ kind }) => kind === 'connect')].some(isMeant(which));

/** The disconnect in flight that ends all of these already. */
export function joinedDisconnect(situation: Situation, which: WhichConnections): UnfinishedFacts | undefined {
  const { connections, unfinished } = situation;
  const ending = new Set(connections.filter((one) => one.ending).map(({ operationId }) => operationId));
  const theirs = connections.filter(isMeant(which));
  const all = theirs.length > 0 && theirs.every((one) => one.ending);
  const waiting = unfinished.some((op) => op.kind === 'connect' && isMeant(which)(op) && !ending.has(op.id));
  return all && !waiting ? unfinished.findLast(({ kind }) => kind === 'disconnect') : undefined;
}
