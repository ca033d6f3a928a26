import { randomUUID } from 'node:crypto';
import { type AttachByAction, type Reset, type Situation, TRANSITIONS } from '@app/domain';
import { GOES } from './attachment.rows.js';
import { promised, supersededWhere, volumeWith } from './attachment.statements.js';
import { recomputed } from './recompute.js';
import type { Caller } from './records.js';
import { raw, type Sql, sql } from './sql.js';

/** A column or two of a volume, and nothing else. */
export const changed = (situation: Situation, assignments: Sql): Sql => sql`with ${volumeWith(situation, assignments)} select id from v`;

/** The flag stands as a word, from the first os-attach on (spec: state-machine §7). */
export const readonlyIs = (readonly: boolean): Sql =>
  sql`admin_metadata = admin_metadata || jsonb_build_object('readonly', ${readonly ? 'True' : 'False'}::text)`;

/** A row without a connection, which an action has made by itself (spec: state-machine §7). No driver is asked. */
export const attachedByAction = (situation: Situation, asked: AttachByAction): Sql => {
  const { volume, volumeAttachStatus, attachment } = TRANSITIONS.attachByAction;
  const inUse = sql`status = ${volume}, attach_status = ${volumeAttachStatus},
    admin_metadata = '{"readonly": "False"}'::jsonb || admin_metadata || jsonb_build_object('attached_mode', ${asked.mode}::text)`;
  return sql`with ${volumeWith(situation, inUse)}
    insert into attachments (id, volume_id, project_id, instance_uuid, attached_host, mountpoint, attach_time, attach_status, attach_mode, generation)
    select ${randomUUID()}, v.id, v.project_id, ${asked.instanceUuid}, ${asked.host}, ${asked.mountpoint}, clock_timestamp(), ${attachment},
      ${asked.mode}, 1 from v returning id`;
};

/** The volume as if its last attachment had just gone (spec: state-machine §7). */
export const recomputedAlone = ({ volume }: Situation): Sql =>
  sql`update volumes v set ${recomputed(raw(`''`))} where v.id = ${volume.id} and v.revision = ${volume.revision} returning v.id`;

export const extendIntent = (caller: Caller, situation: Situation, size: number): Sql =>
  sql`with ${volumeWith(situation, sql`status = ${TRANSITIONS.extend.volume}, previous_status = status`)},
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
export const resetTo = (caller: Caller, situation: Situation, reset: Reset): Sql => {
  const state = sql`status = ${reset.status}, attach_status = ${reset.attachStatus}, migration_status = ${reset.migrationStatus}`;
  if (!reset.detaches) return changed(situation, state);
  return sql`with ${volumeWith(situation, sql`${state}, admin_metadata = admin_metadata - 'attached_mode'`)},
    a as (update attachments set ${GOES}, generation = generation + 1 from v where attachments.volume_id = v.id and not attachments.deleted),
    ${supersededWhere(raw('operations.volume_id = v.id'))},
    w as (insert into operations (id, kind, volume_id, backend, revision, request_id, global_request_id)
      select ${randomUUID()}, 'settle', v.id, v.backend, v.revision, ${caller.requestId}, ${caller.globalRequestId}
      from v where v.backend is not null and (${REACHED}))
    select id from v`;
};
