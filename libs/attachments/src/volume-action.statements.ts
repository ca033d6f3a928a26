import { randomUUID } from 'node:crypto';
import { type AttachByAction, type Reset, type Situation, TRANSITIONS } from '@app/domain';
import { promised } from './attachment.statements.js';
import { recomputed } from './recompute.js';
import type { Caller } from './records.js';
import { raw, type Sql, sql } from './sql.js';

/** A column or two of a volume, while it is as it was read. */
export const changed = ({ volume }: Situation, assignments: Sql): Sql =>
  sql`update volumes set ${assignments}, revision = revision + 1, updated_at = clock_timestamp()
    where id = ${volume.id} and revision = ${volume.revision} returning id`;

/** The flag stands as a word, from the first os-attach on (spec: state-machine §7). */
export const readonlyIs = (readonly: boolean): Sql =>
  sql`admin_metadata = admin_metadata || jsonb_build_object('readonly', ${readonly ? 'True' : 'False'}::text)`;

/** A row without a connection, which an action has made by itself (spec: state-machine §7). No driver is asked. */
export const attachedByAction = (situation: Situation, asked: AttachByAction): Sql => {
  const { volume, volumeAttachStatus, attachment } = TRANSITIONS.attachByAction;
  return sql`with v as (update volumes set status = ${volume}, attach_status = ${volumeAttachStatus}, revision = revision + 1,
        updated_at = clock_timestamp(),
        admin_metadata = '{"readonly": "False"}'::jsonb || admin_metadata || jsonb_build_object('attached_mode', ${asked.mode}::text)
      where id = ${situation.volume.id} and revision = ${situation.volume.revision} returning *)
    insert into attachments (id, volume_id, project_id, instance_uuid, attached_host, mountpoint, attach_time, attach_status, attach_mode, generation)
    select ${randomUUID()}, v.id, v.project_id, ${asked.instanceUuid}, ${asked.host}, ${asked.mountpoint}, clock_timestamp(), ${attachment},
      ${asked.mode}, 1 from v returning id`;
};

/** The volume as if an attachment had just gone that nobody knows any more (spec: state-machine §7). */
export const recomputedAlone = ({ volume, attachments }: Situation): Sql =>
  sql`update volumes v set ${attachments.length > 0 ? recomputed(raw(`''`), undefined, raw('v.admin_metadata')) : recomputed(raw(`''`))} where v.id = ${volume.id} and v.revision = ${volume.revision} returning v.id`;

export const extendIntent = (caller: Caller, { volume }: Situation, size: number): Sql =>
  sql`with v as (update volumes set status = ${TRANSITIONS.extend.volume}, previous_status = status, revision = revision + 1,
        updated_at = clock_timestamp() where id = ${volume.id} and revision = ${volume.revision} returning *),
    o as (insert into operations (id, kind, volume_id, backend, revision, size, request_id, global_request_id)
      select ${randomUUID()}, 'extend-volume', v.id, v.backend, v.revision, ${size}, ${caller.requestId}, ${caller.globalRequestId} from v returning *)
    ${promised('volume.extend')}`;

/** A claim leaves the volume's revision alone, so that what a driver may have been asked since it was read is asked again here. */
const REACHED = raw(`exists (select 1 from attachments c where c.volume_id = v.id and not c.deleted and c.connector is not null)
  or exists (select 1 from operations t where t.volume_id = v.id and t.kind = 'attach' and (t.touched or t.state = 'running'))`);

/**
 * An administrator's word over what the rows say. Where it takes attachments away that a driver may have connected, the backend is made
 * equal to the rows afterwards: Cinder leaves such connections behind (DEVIATE).
 */
export const resetTo = (caller: Caller, { volume }: Situation, reset: Reset): Sql => {
  const { detaches } = reset;
  return sql`with v as (update volumes set status = ${reset.status}, attach_status = ${reset.attachStatus}, migration_status = ${reset.migrationStatus},
        admin_metadata = case when ${detaches} then admin_metadata - 'attached_mode' else admin_metadata end,
        revision = revision + 1, updated_at = clock_timestamp()
      where id = ${volume.id} and revision = ${volume.revision} returning *),
    a as (update attachments set attach_status = ${TRANSITIONS.detach.attachment}, deleted = true, deleted_at = clock_timestamp(),
        detach_time = clock_timestamp(), updated_at = clock_timestamp(), generation = generation + 1,
        connection_info = null, connector = null, connector_digest = null
      from v where ${detaches} and attachments.volume_id = v.id and not attachments.deleted),
    s as (update operations set state = 'failed', reason_class = 'superseded', finished_at = clock_timestamp(), updated_at = clock_timestamp(),
        intent = case when operations.touched then operations.intent end
      from v where ${detaches} and operations.volume_id = v.id and operations.state = 'pending' and operations.kind in ('attach', 'complete')),
    w as (insert into operations (id, kind, volume_id, backend, revision, request_id, global_request_id)
      select ${randomUUID()}, 'settle', v.id, v.backend, v.revision, ${caller.requestId}, ${caller.globalRequestId} 
      from v where ${detaches} and v.backend is not null and (${REACHED}))
    select id from v`;
};
