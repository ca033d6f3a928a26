import { ATTACHMENT_COLUMNS, summariesOf } from './attachment.rows.js';
import { type Sql, sql } from './sql.js';

/** An operation, its attachment's row as it stands (`id` null when it is gone), and, for a detach, what is left on the volume. */
export const lookStatement = (operationId: string): Sql =>
  sql`select o.state, case when o.state = 'failed' then json_build_object('class', o.reason_class, 'text', o.reason_text) end as reason,
      coalesce(a.generation = o.generation, false) as current, o.result, ${ATTACHMENT_COLUMNS},
      case when o.kind = 'detach' then ${summariesOf('o.volume_id', 'o.attachment_id')} end as remaining
    from operations o left join attachments a on a.id = o.attachment_id and not a.deleted where o.id = ${operationId}`;
