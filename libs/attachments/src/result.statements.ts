import { randomUUID } from 'node:crypto';
import {
  type AttachClaim,
  type Claim,
  type ConnectClaim,
  type ConnectionInfo,
  connectorHost,
  connectorMountpoint,
  type DetachClaim,
  type DisconnectClaim,
  type ExtendVolumeClaim,
  NONE_REMAINING,
  type Reason,
  type SettleClaim,
  TRANSITIONS,
} from '@app/domain';
import { GOES } from './attachment.rows.js';
import { type Intent, sealAnswer, sealRecorded } from './intent.js';
import { recomputed } from './recompute.js';
import { type KeyRing, place } from './sealing.js';
import { raw, type Sql, sql } from './sql.js';

/** Guarded by the claim's number alone, never by time: an expired lease that nobody took over still counts (design §5). */
const held = ({ operationId, call }: Claim): Sql =>
  sql`operations.id = ${operationId} and operations.number = ${String(call.number)} and operations.state = 'running'`;

const ENDED = raw(`lease_until = null, undoing = false, finished_at = clock_timestamp(), updated_at = clock_timestamp()`);

/** Whether anything else waits for the volume: whoever finished then claims it at once. */
const AND_MORE = raw(
  `exists (select 1 from operations n where n.volume_id = o.volume_id and n.id <> o.id and n.state in ('pending', 'running')) as more`,
);

const NO_EXPORT = raw(', provider_location = null');
/** The work is done that it asked for, by another operation: what still waits of it has nothing left to do. It never meets one that runs, since a volume has one slot. */
const FORGOTTEN = raw(`intent = null, touched = false, result = null,
  state = case when operations.state = 'pending' then 'failed' else operations.state end,
  reason_class = case when operations.state = 'pending' then 'superseded' else operations.reason_class end,
  finished_at = case when operations.state = 'pending' then clock_timestamp() else operations.finished_at end`);

const ended = (claim: Claim, state: 'succeeded' | 'failed', reason: Reason | null): Sql =>
  sql`o as (update operations set state = ${state}, reason_class = ${reason?.class ?? null}, reason_text = ${reason?.text ?? null}, intent = null,
    touched = false, ${ENDED} where ${held(claim)} returning *)`;

/** The recorded connection, with the attachment's row, the volume's and the operation's, or, when a delete came first, the operation's end alone. */
export function attachedStatement(keys: KeyRing, claim: AttachClaim, info: ConnectionInfo): Sql {
  const { attachmentId, connection, mode } = claim;
  const { attachment, volume, volumeAttachStatus } = TRANSITIONS.attach;
  const recorded: Intent = { connector: connection.connector, mode, credential: connection.credential };
  return sql`with ${endedUnlessSuperseded(claim)},
    a as (update attachments set attach_status = ${attachment}, connector = ${sealRecorded(keys, attachmentId, recorded)}, connector_digest = o.digest,
        connection_info = ${keys.seal(info, place('attachments.connection_info', attachmentId))},
        attach_mode = case when o.creates then attachments.attach_mode else ${mode} end, attached_host = ${connectorHost(connection.connector)},
        mountpoint = ${connectorMountpoint(connection.connector)}, attach_time = clock_timestamp(), updated_at = clock_timestamp()
      from o where attachments.id = o.attachment_id and o.state = 'succeeded' returning attachments.volume_id),
    p as (update operations set intent = null, touched = false from o
      where o.state = 'succeeded' and operations.attachment_id = o.attachment_id and operations.id <> o.id and operations.touched),
    v as (update volumes set status = ${volume}, attach_status = ${volumeAttachStatus}, revision = revision + 1, updated_at = clock_timestamp()
      from a where volumes.id = a.volume_id)
    select o.state, ${AND_MORE} from o`;
}

/** What a superseded attach leaves behind is ended by the delete that came after it, so its intent stays. */
const endedUnlessSuperseded = (claim: AttachClaim): Sql => {
  const ours = raw('(not r.deleted and r.generation = operations.generation)');
  return sql`o as (update operations set state = case when ${ours} then 'succeeded' else 'failed' end,
      reason_class = case when ${ours} then null else 'superseded' end, reason_text = null,
      intent = case when ${ours} then null else intent end, touched = not ${ours}, ${ENDED}
    from attachments r where r.id = operations.attachment_id and ${held(claim)} returning operations.*)`;
};

/** A delete came after it: its claim is freed, nothing else is written. */
export const supersededStatement = (claim: AttachClaim | ConnectClaim): Sql =>
  sql`with o as (update operations set state = 'failed', reason_class = 'superseded', reason_text = null, ${ENDED} where ${held(claim)} returning *)
    select o.state, ${AND_MORE} from o`;

/** Committed before a host is connected, so that a later attach finds the export standing. */
export const exportedStatement = (claim: AttachClaim | ConnectClaim, location: string): Sql =>
  sql`update volumes set provider_location = ${location} from operations where ${held(claim)} and volumes.id = operations.volume_id returning volumes.id`;

export const undoingStatement = (claim: AttachClaim | ConnectClaim, reason: Reason): Sql =>
  sql`update operations set undoing = true, reason_class = ${reason.class}, reason_text = ${reason.text}, updated_at = clock_timestamp()
    where ${held(claim)} returning id`;

/**
 * Attachment and volume are what they were; the row of a create goes (spec: state-machine §8, DEVIATE). Where the driver was not
 * initialised the attachment of an update says so.
 */
export const attachFailedStatement = (claim: AttachClaim | ConnectClaim, reason: Reason, exportGone: boolean): Sql =>
  sql`with ${ended(claim, 'failed', reason)},
    a as (update attachments set ${GOES}
      from o where attachments.id = o.attachment_id and o.creates and not attachments.deleted and attachments.generation = o.generation
      returning attachments.id, attachments.volume_id),
    u as (update attachments set attach_status = ${TRANSITIONS.attachUnready.attachment}, updated_at = clock_timestamp()
      from o where ${reason.class === 'notReady'} and attachments.id = o.attachment_id and not o.creates and not attachments.deleted
        and attachments.generation = o.generation),
    v as (update volumes v set ${recomputed(raw('a.id'), AS_BEFORE)}${exportGone ? NO_EXPORT : raw('')} from a, o where v.id = a.volume_id),
    e as (${exportForgotten(exportGone)} and not exists (select 1 from a)),
    w as (insert into operations ${settleOf(claim, sql`o where ${claim.replaces !== null || claim.leftovers.length > 0}`)})
    select o.state, ${AND_MORE} from o`;

/** What the create found, if no attachment explains it: a volume that was being downloaded still is. */
const AS_BEFORE = sql`case when o.volume_was = any(${[...TRANSITIONS.reserve.volumeIs]}::text[]) then o.volume_was else ${NONE_REMAINING.volume}::text end`;

/** Another attempt later; why the last one failed stays readable. */
export const againStatement = (claim: Claim, reason: Reason): Sql =>
  sql`with o as (update operations set state = 'pending', owner = null, lease_until = null, reason_class = ${reason.class}, reason_text = ${reason.text},
    updated_at = clock_timestamp() where ${held(claim)} returning *) select o.state, ${AND_MORE} from o`;

/** For whoever comes next, at once: this process ends, and its driver call has ended. */
export const releasedStatement = (claim: Claim): Sql =>
  sql`with o as (update operations set state = 'pending', owner = null, lease_until = null, next_attempt_at = clock_timestamp(),
    updated_at = clock_timestamp() where ${held(claim)} returning *) select o.state, ${AND_MORE} from o`;

/** Nothing changes but the operation: a detach that was refused, a settle that is done. */
export const endedStatement = (claim: Claim, state: 'succeeded' | 'failed', reason: Reason | null): Sql =>
  sql`with ${ended(claim, state, reason)} select o.state, ${AND_MORE} from o`;

export const completedStatement = (claim: Claim): Sql => {
  const { attachment, volume, volumeAttachStatus } = TRANSITIONS.complete;
  return sql`with a as (update attachments set attach_status = ${attachment}, updated_at = clock_timestamp()
      from operations where ${held(claim)} and attachments.id = operations.attachment_id and not attachments.deleted returning attachments.volume_id),
    v as (update volumes set status = ${volume}, attach_status = ${volumeAttachStatus}, revision = revision + 1, updated_at = clock_timestamp()
      from a where volumes.id = a.volume_id returning volumes.id),
    o as (update operations set state = case when exists (select 1 from v) then 'succeeded' else 'failed' end,
      reason_class = case when exists (select 1 from v) then null else 'gone' end, ${ENDED} where ${held(claim)} returning *)
    select o.state, ${AND_MORE} from o`;
};

/** Access is gone: the row goes and the volume is recomputed. An export that could not be removed becomes a settle of its own. */
export const detachedStatement = (claim: DetachClaim, exported: Exported): Sql =>
  sql`with ${ended(claim, 'succeeded', null)},
    a as (update attachments set ${GOES}
      from o where attachments.id = o.attachment_id and not attachments.deleted returning attachments.id, attachments.volume_id),
    p as (update operations set ${FORGOTTEN} from o
      where operations.attachment_id = o.attachment_id and operations.id <> o.id and operations.touched),
    v as (update volumes v set ${recomputed(raw('a.id'))}${exported === 'gone' ? NO_EXPORT : raw('')} from a where v.id = a.volume_id),
    w as (insert into operations ${settleOf(claim, sql`o where ${exported === 'leftOver'}`)})
    select o.state, ${AND_MORE} from o`;

/** What became of the export once the last access was gone. */
export type Exported = 'stands' | 'gone' | 'leftOver';

/** An answer for the caller, unless a disconnect came first: that one ends what is there. An earlier connect of the same connector hands over. */
export const connectedStatement = (keys: KeyRing, claim: ConnectClaim, answer: ConnectionInfo): Sql =>
  sql`with o as (update operations set state = case when generation = 0 then 'succeeded' else 'failed' end,
      reason_class = case when generation = 0 then null else 'superseded' end, reason_text = null,
      result = case when generation = 0 then ${sealAnswer(keys, claim.operationId, answer)} end, ${ENDED} where ${held(claim)} returning *),
    p as (update operations set ${FORGOTTEN} from o where o.state = 'succeeded' and operations.volume_id = o.volume_id and operations.kind = 'connect'
      and operations.digest = o.digest and operations.generation = 0 and operations.touched and operations.id <> o.id),
    v as (update volumes set revision = volumes.revision + 1 from o where volumes.id = o.volume_id)
    select o.state, ${AND_MORE} from o`;

/** The connections are gone. What becomes of a volume that was reserved for them is up to whoever asked for their end. */
export const disconnectedStatement = (claim: DisconnectClaim, exported: Exported): Sql =>
  sql`with ${ended(claim, 'succeeded', null)},
    p as (update operations set ${FORGOTTEN} from o where operations.id = any(${claim.ends}::text[])),
    v as (update volumes v set revision = v.revision + 1${exported === 'gone' ? NO_EXPORT : raw('')} from o where v.id = o.volume_id),
    w as (insert into operations ${settleOf(claim, sql`o where ${exported === 'leftOver'}`)})
    select o.state, ${AND_MORE} from o`;

/** Nothing has changed, so they are no longer about to end: what they are then ends by a new disconnect. */
export const notDisconnectedStatement = (claim: DisconnectClaim, reason: Reason): Sql =>
  sql`with ${ended(claim, 'failed', reason)},
    p as (update operations set generation = 0 from o where operations.id = any(${claim.ends}::text[]) and operations.generation = o.revision),
    v as (update volumes v set revision = v.revision + 1 from o where v.id = o.volume_id)
    select o.state, ${AND_MORE} from o`;

/** Whatever has come of its status meanwhile stands; the size is what the backend has. */
export const extendedStatement = (claim: ExtendVolumeClaim): Sql =>
  sql`with ${ended(claim, 'succeeded', null)},
    v as (update volumes set size = greatest(volumes.size, o.size), ${noLongerExtending(sql`coalesce(volumes.previous_status, ${TRANSITIONS.volumeCreated.volume})`)}
      from o where volumes.id = o.volume_id and not volumes.deleted)
    select o.state, ${AND_MORE} from o`;

export const notExtendedStatement = (claim: ExtendVolumeClaim, reason: Reason): Sql =>
  sql`with ${ended(claim, 'failed', reason)},
    v as (update volumes set ${noLongerExtending(sql`${TRANSITIONS.volumeNotExtended.volume}::text`)}
      from o where volumes.id = o.volume_id and not volumes.deleted)
    select o.state, ${AND_MORE} from o`;

const noLongerExtending = (status: Sql): Sql =>
  sql`status = case when volumes.status = ${TRANSITIONS.extend.volume} then ${status} else volumes.status end, previous_status = null,
    revision = volumes.revision + 1, updated_at = clock_timestamp()`;

const exportForgotten = (gone: boolean): Sql =>
  sql`update volumes set provider_location = null, revision = volumes.revision + 1 from o where volumes.id = o.volume_id and ${gone}`;

const settleOf = ({ requestId }: Claim, from: Sql): Sql =>
  sql`(id, kind, volume_id, backend, revision, request_id) select ${randomUUID()}, 'settle', o.volume_id, o.backend, o.revision, ${requestId} from ${from}`;

/** A worker whose result was refused may have reached the backend all the same: what it left there is compared with the rows (design §5). */
export const settleStatement = (claim: Claim): Sql =>
  sql`insert into operations (id, kind, volume_id, backend, revision, request_id)
    select ${randomUUID()}, 'settle', v.id, v.backend, v.revision, ${claim.requestId} from volumes v
    where v.id = ${claim.volume.id} and v.backend is not null and not v.deleted
      and not exists (select 1 from operations s where s.volume_id = v.id and s.kind = 'settle' and s.state = 'pending') returning id`;

/** Whatever an attach or a connect left behind that no row named has been ended with the rest; what was kept then is kept. */
export const settledStatement = (claim: SettleClaim, exportGone: boolean): Sql =>
  sql`with ${ended(claim, 'succeeded', null)},
    p as (update operations set intent = null, touched = false from o where operations.volume_id = o.volume_id and operations.id <> o.id
      and operations.touched and operations.state in ('succeeded', 'failed') and operations.id <> all(${claim.keeps}::text[])),
    v as (update volumes set revision = volumes.revision + 1${exportGone ? NO_EXPORT : raw('')} from o where volumes.id = o.volume_id)
    select o.state, ${AND_MORE} from o`;

export function volumeStatement(claim: Claim, result: { status: string; reason: Reason | null; deleted?: boolean }): Sql {
  const deleted = result.deleted ? raw(`, deleted = true, deleted_at = clock_timestamp(), provider_location = null`) : raw('');
  return sql`with ${ended(claim, result.reason ? 'failed' : 'succeeded', result.reason)},
    v as (update volumes set status = ${result.status}, revision = volumes.revision + 1, updated_at = clock_timestamp()${deleted}
      from o where volumes.id = o.volume_id and not volumes.deleted returning volumes.id),
    a as (update attachments set ${GOES}
      from v where ${result.deleted ?? false} and attachments.volume_id = v.id and not attachments.deleted),
    s as (update operations set state = 'failed', reason_class = 'superseded', finished_at = clock_timestamp()
      from v where ${result.deleted ?? false} and operations.volume_id = v.id and operations.kind = 'settle' and operations.state = 'pending'),
    c as (update operations set ${FORGOTTEN}
      from v where ${result.deleted ?? false} and operations.volume_id = v.id and operations.kind = 'connect' and operations.touched)
    select o.state, ${AND_MORE} from o`;
}
