import type { AttachmentFacts, Situation, UnfinishedFacts } from '@app/domain';
import { raw, type Sql, sql } from './sql.js';

type SituationRow = Situation['volume'] & {
  attachments: AttachmentFacts[];
  unfinished: UnfinishedFacts[];
  /** The sealed connector of the attachment asked about. */
  connector: string | null;
};

/** A situation, and of the attachment asked about what is recorded of its connection, sealed. */
export interface Seen extends Situation {
  connector: string | null;
}

const ATTACHMENTS = raw(`(select coalesce(json_agg(json_build_object(
    'id', a.id, 'instanceUuid', a.instance_uuid, 'attachStatus', a.attach_status, 'mode', a.attach_mode,
    'digest', case when a.connection_info <> '{}' then a.connector_digest end,
    'touched', a.connector is not null or exists (select 1 from operations t where t.attachment_id = a.id and t.touched))), '[]')
  from attachments a where a.volume_id = v.id and not a.deleted) as attachments`);

const UNFINISHED = raw(`(select coalesce(json_agg(json_build_object(
    'id', o.id, 'kind', o.kind, 'attachmentId', o.attachment_id, 'digest', o.digest, 'host', o.host, 'creates', o.creates,
    'instanceUuid', i.instance_uuid, 'requestId', o.request_id, 'globalRequestId', o.global_request_id)
    order by o.revision), '[]')
  from operations o left join attachments i on i.id = o.attachment_id
  where o.volume_id = v.id and o.state in ('pending', 'running')
    and (o.kind <> 'attach' or i.generation = o.generation)) as unfinished`);

/** Everything that a decision about a volume needs, in one statement. `which` names the volume `v` and who may see it. */
export function situationOf(which: Sql, attachmentId: string | null, lostAfterMs: number): Sql {
  return sql`select v.id, v.project_id as "projectId", v.status, v.attach_status as "attachStatus",
      v.migration_status as "migrationStatus", v.multiattach, v.backend, v.revision,
      coalesce(v.admin_metadata->>'readonly', '') = 'True' as readonly,
      exists (select 1 from workers w where jsonb_exists(w.backends, v.backend)
              and w.heartbeat_at > clock_timestamp() - ${lostAfterMs} * interval '1 ms') as served,
      ${ATTACHMENTS}, ${UNFINISHED},
      (select connector from attachments where id = ${attachmentId}) as connector
    from volumes v where ${which} and not v.deleted`;
}

export function seen(row: unknown): Seen {
  const { attachments, unfinished, connector, ...volume } = row as SituationRow;
  return { volume, attachments, unfinished, connector };
}
