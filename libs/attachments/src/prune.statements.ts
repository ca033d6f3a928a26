import { raw, type Sql, sql } from './sql.js';

/** In the order in which their rows may go: a later one is named by the earlier ones. */
export const PRUNED_TABLES = ['operations', 'attachments', 'volumes', 'volume_types'] as const;
export type PrunedTable = (typeof PRUNED_TABLES)[number];

/** How "there is no such row" is asked, and what, of the rows that name another one, keeps that: all of them, or only those that stay. */
interface Asked {
  none: (rows: Sql) => Sql;
  operations: Sql;
  attachments: Sql;
  volumes: Sql;
}

/** Row by row, each time by an index. A join, which the planner makes of `not exists`, may read a whole table for the sake of one batch. */
const FOR_A_BATCH: Asked = {
  none: (rows) => sql`(select count(*) from ${rows}) < 1`,
  operations: raw('true'),
  attachments: raw('true'),
  volumes: raw('true'),
};
/** For all rows of a table at once a join is the shorter way. */
const joined = (rows: Sql): Sql => sql`not exists (select 1 from ${rows})`;

/** `now`, and not the clock: only what stays the same within a statement can be looked up in an index. */
const before = (ageMs: number): Sql => sql`now() - ${ageMs}::float8 * interval '1 ms'`;

/**
 * An operation `o` that nobody will ever look at again. Whoever waits for one looks within minutes of its end. Beyond that it is needed
 * - while it is `touched`: a driver may still hold what its intent names, and a detach, an attach or a settle has yet to end that; or it is a
 *   connect, and owns a connection that no attachment's row names;
 * - while another operation of its attachment is unfinished: the result of that one writes all of them.
 * What has ended was promised before that, so the index by which operations are listed finds the oldest.
 */
const operationGoes = (ageMs: number, { none }: Asked): Sql =>
  sql`o.created_at < ${before(ageMs)} and o.finished_at < ${before(ageMs)} and not o.touched
    and ${none(raw(`operations u where u.attachment_id = o.attachment_id and u.state in ('pending', 'running')`))}`;

const attachmentGoes = (ageMs: number, { none, operations }: Asked): Sql =>
  sql`a.deleted and a.deleted_at < ${before(ageMs)} and ${none(sql`operations o where o.attachment_id = a.id and ${operations}`)}`;

const volumeGoes = (ageMs: number, { none, operations, attachments }: Asked): Sql =>
  sql`v.deleted and v.deleted_at < ${before(ageMs)} and ${none(sql`operations o where o.volume_id = v.id and ${operations}`)}
    and ${none(sql`attachments a where a.volume_id = v.id and ${attachments}`)}`;

const typeGoes = (ageMs: number, { none, volumes }: Asked): Sql =>
  sql`t.deleted and t.deleted_at < ${before(ageMs)} and ${none(sql`volumes v where v.volume_type_id = t.id and ${volumes}`)}`;

const TABLES: Record<PrunedTable, { from: Sql; age: Sql; goes: (ageMs: number, asked: Asked) => Sql }> = {
  operations: { from: raw('operations o'), age: raw('o.created_at'), goes: operationGoes },
  attachments: { from: raw('attachments a'), age: raw('a.deleted_at'), goes: attachmentGoes },
  volumes: { from: raw('volumes v'), age: raw('v.deleted_at'), goes: volumeGoes },
  volume_types: { from: raw('volume_types t'), age: raw('t.deleted_at'), goes: typeGoes },
};

/** Deletes the oldest rows, `limit` at most. It waits for nobody: what somebody else holds is left for the next time. */
export function pruneStatement(table: PrunedTable, ageMs: number, limit: number): Sql {
  const { from, age, goes } = TABLES[table];
  return sql`with gone as (delete from ${raw(table)} where id = any(array(select id from ${from} where ${goes(ageMs, FOR_A_BATCH)}
      order by ${age} limit ${limit} for update skip locked)) returning 1)
    select count(*)::int as rows from gone`;
}

/** How many rows of the table would go in the end, together with those of the tables before it. */
export function prunableStatement(table: PrunedTable, ageMs: number): Sql {
  const { from, goes } = TABLES[table];
  const asked = { ...FOR_A_BATCH, none: joined };
  const operations = stays(operationGoes(ageMs, asked));
  const attachments = stays(attachmentGoes(ageMs, { ...asked, operations }));
  const volumes = stays(volumeGoes(ageMs, { ...asked, operations, attachments }));
  return sql`select count(*)::int as rows from ${from} where ${goes(ageMs, { ...asked, operations, attachments, volumes })}`;
}

/** An answer with a connection_info is there for its caller, who looks within minutes, and for nobody else. */
export const forgetAnswers = (ageMs: number, limit: number): Sql =>
  sql`with gone as (update operations set result = null where id = any(array(select o.id from operations o
      where o.result is not null and o.finished_at < ${before(ageMs)} limit ${limit} for update skip locked)) returning 1)
    select count(*)::int as rows from gone`;

const stays = (goes: Sql): Sql => sql`(${goes}) is not true`;
