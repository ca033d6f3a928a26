import type { SealedColumn } from './sealing.js';
import { raw, type Sql, sql } from './sql.js';

/** A sealed text is `v1.<key id>.…`; what was never connected is `{}` and holds none. */
const keyOf = (text: Sql): Sql => sql`split_part(${text}, '.', 2)`;
const isSealed = (text: Sql): Sql => sql`${text} like 'v1.%'`;

const parts = (column: SealedColumn) => {
  const [table = '', name = ''] = column.split('.');
  return { table: raw(table), text: raw(name) };
};

export interface SealedText {
  id: string;
  sealed: string;
}

/** Texts that another key than this one has sealed, in the order of their rows' ids, from behind `after`. */
export function sealedWithOthers(column: SealedColumn, keyId: string, after: string, limit: number): Sql {
  const { table, text } = parts(column);
  return sql`select id, ${text} as sealed from ${table} where id > ${after} and ${isSealed(text)} and ${keyOf(text)} <> ${keyId} order by id limit ${limit}`;
}

/**
 * Puts the new texts in the place of the old ones, where these still stand. It changes nothing else of a row, and waits for nobody: a row that
 * somebody is just writing is left for the next time. Returns the ids of those that were replaced.
 */
export function resealed(column: SealedColumn, texts: readonly (SealedText & { anew: string })[]): Sql {
  const { table, text } = parts(column);
  const [ids, old, anew] = [texts.map(({ id }) => id), texts.map(({ sealed }) => sealed), texts.map((one) => one.anew)];
  return sql`with n as (select * from unnest(${ids}::text[], ${old}::text[], ${anew}::text[]) n (id, old, anew)),
      free as (select t.id from ${table} t where t.id = any(${ids}::text[]) for update skip locked)
    update ${table} t set ${text} = n.anew from n, free where t.id = n.id and t.id = free.id and t.${text} = n.old returning t.id`;
}

/** How many texts of the column each key has sealed. */
export function keysInUse(column: SealedColumn): Sql {
  const { table, text } = parts(column);
  return sql`select ${keyOf(text)} as key, count(*)::int as texts from ${table} where ${isSealed(text)} group by 1 order by 1`;
}
