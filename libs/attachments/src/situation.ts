import type { AttachmentFacts, ConnectionFacts, Situation, UnfinishedFacts } from '@app/domain';
import { raw, type Sql, sql } from './sql.js';

type SituationRow = Situation['volume'] & {
  attachments: AttachmentFacts[];
  connections: ConnectionFacts[];
  unfinished: UnfinishedFacts[];
  /** The sealed connector of the attachment asked about. */
  connector: string | null;
};

/** A situation, and of the attachment asked about what is recorded of its connection, sealed. */
export interface Seen extends Situation {
  connector: string | null;
}

const ATTACHMENTS = raw(`(select coalesce(json_agg(json_build_object(
    'id', a.id, 'instanceUuid', a.instance_uuid, 'attachStatus', a.attach_status, 'mode', a.attach_mode, 'host', a.attached_host,
    'digest', case when a.connection_info <> '{}' then a.connector_digest end,
    'touched', a.connector is not null or exists (select 1 from operations t where t.attachment_id = a.id and t.touched))), '[]')
  from attachments a where a.volume_id = v.id and not a.deleted) as attachments`);

const CONNECTIONS = raw(`(select coalesce(json_agg(json_build_object(
    'operationId', c.id, 'digest', c.digest, 'host', c.host, 'ending', c.generation > 0) order by c.revision), '[]')
  from operations c where c.volume_id = v.id and c.kind = 'connect' and c.touched) as connections`);

const UNFINISHED = raw(`(select coalesce(json_agg(json_build_object(
    'id', o.id, 'kind', o.kind, 'attachmentId', o.attachment_id, 'digest', o.digest, 'host', o.host, 'creates', o.creates,
    'instanceUuid', i.instance_uuid, 'requestId', o.request_id, 'globalRequestId', o.global_request_id)
    order by o.revision), '[]')
  from operations o left join attachments i on i.id = o.attachment_id
  where o.volume_id = v.id and o.state in ('pending', 'running')
    and (o.kind <> 'attach' or i.generation = o.generation)) as unfinished`);

/** Everything that a decision about a volume needs, in one statement. `which` names the volume `v` and who may see it. */
export function situationOf(which: Sql, attachmentId: string | null, lostAfterMs: number): Sql {
  return sql`select v.id, v.project_id as "projectId", v.user_id as "userId", v.status, v.attach_status as "attachStatus",
      v.migration_status as "migrationStatus", v.multiattach, v.bootable, v.size, v.backend, v.revision,
      coalesce(v.admin_metadata->>'readonly', '') = 'True' as readonly,
      v.admin_metadata->>'attached_mode' as "attachedMode",
      exists (select 1 from workers w where jsonb_exists(w.backends, v.backend)
              and w.heartbeat_at > clock_timestamp() - ${lostAfterMs} * interval '1 ms') as served,
      ${ATTACHMENTS}, ${CONNECTIONS}, ${UNFINISHED},
      (select connector from attachments where id = ${attachmentId}) as connector
    from volumes v where ${which} and not v.deleted`;
}

export function seen(row: unknown): Seen {
  const { attachments, connections, unfinished, connector, ...volume } = row as SituationRow;
  return { volume, attachments, connections, unfinished, connector };
}
