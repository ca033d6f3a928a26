import { MIGRATION_SETTLED, NONE_REMAINING, REMAINING } from '@app/domain';
import { join, type Sql, sql } from './sql.js';

/**
 * What a volume `v` becomes when an attachment goes, made from the transition table (spec: state-machine §5): assignments for the update
 * of its row. `gone` is the attachment's id. Two that go at once both write the volume's row, so one of them is repeated and sees the other.
 */
export function recomputed(gone: Sql, whenNoneRemains: Sql = sql`${NONE_REMAINING.volume}::text`): Sql {
  const statuses = REMAINING.map(({ remaining }) => remaining);
  const best = sql`(select r.attach_status from attachments r
    where r.volume_id = v.id and not r.deleted and r.id <> ${gone} and r.attach_status = any(${statuses}::text[])
    order by array_position(${statuses}::text[], r.attach_status) limit 1)`;
  const writable = sql`(coalesce(v.migration_status, '') = any(${[...MIGRATION_SETTLED]}::text[])
    and not (coalesce(v.migration_status, '') = '' and v.status = ${NONE_REMAINING.unlessVolumeIs}))`;
  const volume = join(
    REMAINING.map((row) => sql`when ${row.remaining}::text then ${row.volume}::text`),
    ' ',
  );
  const attachStatus = join(
    REMAINING.map((row) => sql`when ${row.remaining}::text then ${row.attachStatus}::text`),
    ' ',
  );
  return sql`status = case ${best} ${volume} else case when ${writable} then ${whenNoneRemains} else v.status end end,
    attach_status = case ${best} ${attachStatus} else ${NONE_REMAINING.attachStatus}::text end,
    admin_metadata = v.admin_metadata - 'attached_mode', revision = v.revision + 1, updated_at = clock_timestamp()`;
}
