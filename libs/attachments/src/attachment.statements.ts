import { randomUUID } from 'node:crypto';
import { MODE_UNSAID, type Situation, TRANSITIONS, type VolumeStatus } from '@app/domain';
import { ATTACHMENT_COLUMNS, GOES, NEVER_CONNECTED, summariesOf } from './attachment.rows.js';
import { type NewIntent, sealIntent } from './intent.js';
import { recomputed } from './recompute.js';
import type { BellName, Caller, NewAttachment } from './records.js';
import type { KeyRing } from './sealing.js';
import { raw, type Sql, sql } from './sql.js';

interface ToConnect {
  situation: Situation;
  request: NewAttachment;
  status: VolumeStatus;
  intent: NewIntent;
}
interface ToAttach {
  situation: Situation;
  attachmentId: string;
  intent: NewIntent;
}

/** The CTE `v` with which every deciding statement begins: it holds only while nobody else has decided anything about the volume since. */
export const volumeWith = ({ volume }: Situation, assignments: Sql): Sql =>
  sql`v as (update volumes set ${assignments}, revision = revision + 1, updated_at = clock_timestamp()
    where id = ${volume.id} and revision = ${volume.revision} returning *, ${volume.status}::text as was)`;

export const volumeAsRead = (situation: Situation, status: VolumeStatus = situation.volume.status): Sql =>
  volumeWith(situation, sql`status = ${status}`);

/** Readonly volumes make every attachment ro, whatever it asks for (spec: attachments-api §6.2 step 8). */
const reserved = ({ volume }: Situation, { instanceUuid, mode }: NewAttachment): Sql =>
  sql`insert into attachments (id, volume_id, project_id, instance_uuid, attach_status, attach_mode, connection_info, generation)
    select ${randomUUID()}, v.id, v.project_id, ${instanceUuid}, ${TRANSITIONS.reserve.attachment},
      ${volume.readonly ? 'ro' : (mode ?? MODE_UNSAID)}, ${NEVER_CONNECTED}, 1 from v returning *`;

export const reserveStatement = (situation: Situation, request: NewAttachment, status: VolumeStatus): Sql =>
  sql`with ${volumeAsRead(situation, status)}, a as (${reserved(situation, request)}) select ${ATTACHMENT_COLUMNS} from a`;

export const reserveToConnect = (keys: KeyRing, caller: Caller, { situation, request, status, intent }: ToConnect): Sql =>
  sql`with ${volumeAsRead(situation, status)}, a as (${reserved(situation, request)}),
    o as (${attachOperation(keys, caller, intent, true)}) ${promised('attachment.attach')}`;

export const attachIntent = (keys: KeyRing, caller: Caller, { situation, attachmentId, intent }: ToAttach): Sql =>
  sql`with ${volumeAsRead(situation)}, ${nextGeneration(attachmentId)},
    o as (${attachOperation(keys, caller, intent, false)}) ${promised('attachment.attach')}`;

/**
 * A complete that waits for nothing is a compare-and-swap like a reserve: rows and the finished operation in one statement. Whoever deletes
 * the attachment raises the revision, so where the volume moves its attachment is there.
 */
export const completeAtOnce = (caller: Caller, { volume }: Situation, attachmentId: string): Sql => {
  const { attachment, volume: status, volumeAttachStatus } = TRANSITIONS.complete;
  return sql`with v as (update volumes set status = ${status}, attach_status = ${volumeAttachStatus}, revision = revision + 1, updated_at = clock_timestamp()
      where id = ${volume.id} and revision = ${volume.revision} returning id, revision),
    a as (update attachments set attach_status = ${attachment}, updated_at = clock_timestamp() from v
      where attachments.id = ${attachmentId} and not deleted returning attachments.id, generation)
    insert into operations (id, kind, volume_id, attachment_id, generation, revision, state, finished_at, request_id, global_request_id)
    select ${randomUUID()}, 'complete', v.id, a.id, a.generation, v.revision, 'succeeded', clock_timestamp(), ${caller.requestId},
      ${caller.globalRequestId} from v, a returning id`;
};

/** A complete belongs to the generation that it finds: it must not make the attach stale behind which it waits. */
export const completeIntent = (caller: Caller, situation: Situation, attachmentId: string): Sql =>
  sql`with ${volumeAsRead(situation)}, a as (select * from attachments where id = ${attachmentId}),
    o as (insert into operations (id, kind, volume_id, attachment_id, generation, revision, request_id, global_request_id)
      select ${randomUUID()}, 'complete', v.id, a.id, a.generation, v.revision, ${caller.requestId}, ${caller.globalRequestId} from v, a returning *)
    ${promised('attachment.complete')}`;

/** `abandons`: it takes back a create that was given up at its wait limit. */
export const detachIntent = (caller: Caller, situation: Situation, attachmentId: string, abandons: boolean): Sql =>
  sql`with ${volumeAsRead(situation)}, ${nextGeneration(attachmentId)}, ${superseded(attachmentId)},
    o as (insert into operations (id, kind, volume_id, attachment_id, backend, generation, revision, abandons, by_service, request_id, global_request_id)
      select ${randomUUID()}, 'detach', v.id, a.id, v.backend, a.generation, v.revision, ${abandons}, ${abandons ? null : caller.isService}::boolean, ${caller.requestId}, ${caller.globalRequestId}
      from v, a returning *)
    ${promised('attachment.detach')}`;

/**
 * No driver holds anything of it: the row goes at once (spec: state-machine §3). A claim leaves the volume's revision alone, so that none
 * has begun its attach since the situation was read is asked again here; one that begins at this moment writes the same operation's row.
 */
export const detachAlone = ({ volume }: Situation, attachmentId: string): Sql =>
  sql`with v as (update volumes v set ${recomputed(sql`${attachmentId}`)}
      where v.id = ${volume.id} and v.revision = ${volume.revision}
        and not exists (select 1 from operations t where t.attachment_id = ${attachmentId} and (t.touched or t.state = 'running')) returning v.id),
    ${superseded(attachmentId)},
    a as (update attachments set ${GOES}, generation = generation + 1
      from v where attachments.id = ${attachmentId} returning attachments.id)
    select ${summariesOf('v.id', 'a.id')} as remaining from v, a`;

const nextGeneration = (attachmentId: string): Sql =>
  sql`a as (update attachments set generation = generation + 1, updated_at = clock_timestamp() from v
    where attachments.id = ${attachmentId} returning attachments.*)`;

/** What waits for the attachment ends; what runs finds its generation gone (design §6). */
const superseded = (attachmentId: string): Sql => supersededWhere(sql`operations.attachment_id = ${attachmentId}`);

export const supersededWhere = (which: Sql): Sql =>
  sql`s as (update operations set state = 'failed', reason_class = 'superseded',
      intent = case when operations.touched then operations.intent end, finished_at = clock_timestamp(), updated_at = clock_timestamp()
    from v where ${which} and operations.state = 'pending' and operations.kind in ('attach', 'complete'))`;

function attachOperation(keys: KeyRing, caller: Caller, { intent, digest, host }: NewIntent, creates: boolean): Sql {
  const id = randomUUID();
  return sql`insert into operations (id, kind, volume_id, attachment_id, backend, generation, revision, creates, volume_was, intent, digest, host, request_id, global_request_id)
    select ${id}, 'attach', v.id, a.id, v.backend, a.generation, v.revision, ${creates}, v.was, ${sealIntent(keys, id, intent)}, ${digest}, ${host},
      ${caller.requestId}, ${caller.globalRequestId} from v, a returning *`;
}

/** A Promised, of the operation `o`. */
export const promised = (command: BellName): Sql =>
  sql`select o.id as "operationId", o.kind, ${raw(`'${command}'`)} as command, o.volume_id as "volumeId", o.attachment_id as "attachmentId",
    o.backend from o`;
