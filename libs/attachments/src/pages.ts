import { attachmentNotFound, invalidInput, type ServiceError } from '@app/domain';
import { ATTACHMENT_COLUMNS } from './attachment.rows.js';
import type { Database } from './database.js';
import type { Caller, ListQuery } from './records.js';
import { join, raw, type Sql, sql } from './sql.js';

type ColumnType = 'text' | 'timestamptz' | 'boolean' | 'bigint' | 'integer' | 'sealed';

/** What a list is made of; the columns are those that may be sorted and filtered by, under the names of the wire's query. */
export interface ListOf {
  from: Sql;
  select: Sql;
  /** Of table alias `a`. */
  columns: Record<string, { name: string; type: ColumnType }>;
  /** Filters that columns alone cannot say. */
  special?: Record<string, (value: string) => Sql>;
  sortable: (key: string) => boolean;
  /** Rows that no project owns and that go when they are deleted: whoever may list them sees all of them. */
  ownedByNobody?: true;
  markerNotFound: (id: string) => ServiceError;
}

const column = (name: string, type: ColumnType = 'text') => ({ name: `a.${name}`, type });
const STAMP_COLUMNS = {
  created_at: column('created_at', 'timestamptz'),
  updated_at: column('updated_at', 'timestamptz'),
  deleted_at: column('deleted_at', 'timestamptz'),
  deleted: column('deleted', 'boolean'),
};

export const ATTACHMENT_LIST: ListOf = {
  from: raw('attachments a'),
  select: ATTACHMENT_COLUMNS,
  columns: {
    id: column('id'),
    volume_id: column('volume_id'),
    instance_uuid: column('instance_uuid'),
    attached_host: column('attached_host'),
    mountpoint: column('mountpoint'),
    attach_time: column('attach_time', 'timestamptz'),
    detach_time: column('detach_time', 'timestamptz'),
    attach_status: column('attach_status'),
    attach_mode: column('attach_mode'),
    connection_info: column('connection_info', 'sealed'),
    connector: column('connector', 'sealed'),
    project_id: column('project_id'),
    ...STAMP_COLUMNS,
  },
  sortable: (key) => key !== 'project_id',
  markerNotFound: attachmentNotFound,
};

/** One page, newest first unless said otherwise, in one statement however deep (its marker another one). */
export async function page<T>(database: Database, list: ListOf, caller: Caller, query: ListQuery): Promise<T[]> {
  const keys = sortKeys(list, query);
  const visible = scope(list, caller, query);
  const after = query.marker === null ? raw('true') : await behind(database, list, keys, { marker: query.marker, visible });
  const wanted = filters(list, query);
  if (wanted === null || query.limit === 0) return [];
  const order = join(
    keys.map(({ expression, dir }) => raw(`${expression} ${dir}`)),
    ', ',
  );
  return database.rows<T>(
    sql`select ${list.select} from ${list.from} where ${visible} and ${wanted} and ${after} order by ${order} limit ${query.limit} offset ${query.offset}`,
  );
}

/** How many rows the pages of this query hold together. */
export async function countOf(database: Database, list: ListOf, caller: Caller, query: ListQuery): Promise<number> {
  const which = matching(list, caller, query);
  if (which === null) return 0;
  const row = await database.row<{ count: number }>(sql`select count(*)::int as count from ${which}`);
  return row?.count ?? 0;
}

/** The rows of all pages of this query, as a statement's `from`; null: there are none. */
export function matching(list: ListOf, caller: Caller, query: ListQuery): Sql | null {
  const wanted = filters(list, query);
  return wanted && sql`${list.from} where ${scope(list, caller, query)} and ${wanted}`;
}

/** Without all_tenants an admin too sees his own project only; everybody else always does (spec: attachments-api §4.2). */
function scope({ ownedByNobody }: ListOf, caller: Caller, { allTenants }: ListQuery): Sql {
  if (ownedByNobody) return raw('true');
  return caller.isAdmin && allTenants ? raw('not a.deleted') : sql`not a.deleted and a.project_id = ${caller.projectId}`;
}

interface SortKey {
  expression: string;
  dir: 'asc' | 'desc';
  type: ColumnType;
}

/** created_at and id break ties, in the direction of the first key (spec: attachments-api §4.1). */
function sortKeys({ columns, sortable }: ListOf, { sort }: ListQuery): SortKey[] {
  const asked = sort ?? [{ key: 'created_at', dir: 'desc' as const }];
  const dir = asked[0]?.dir ?? 'desc';
  const ties = ['created_at', 'id'].filter((key) => !asked.some((one) => one.key === key)).map((key) => ({ key, dir }));
  return [...asked, ...ties].map((one) => {
    const found = Object.hasOwn(columns, one.key) && sortable(one.key) ? columns[one.key] : undefined;
    if (!found) throw invalidInput('Invalid sort key');
    return { expression: found.type === 'sealed' ? 'a.id' : ordering(found), dir: one.dir, type: found.type };
  });
}

/** Null counts as the type's default, for the marker as for the order (spec: attachments-api §4.1). */
const DEFAULTS: Record<ColumnType, string> = {
  text: `''`,
  timestamptz: `'1900-01-01'::timestamptz`,
  boolean: 'false',
  bigint: '0',
  integer: '0',
  sealed: `''`,
};
const NEVER_NULL = new Set(['a.id', 'a.created_at']);
const ordering = ({ name, type }: { name: string; type: ColumnType }) =>
  NEVER_NULL.has(name) ? name : `coalesce(${name}, ${DEFAULTS[type]})`;

/** The condition "behind the marker's row". @throws notFound when no visible row is the marker. */
async function behind(database: Database, list: ListOf, keys: SortKey[], at: { marker: string; visible: Sql }): Promise<Sql> {
  if (at.marker.includes('\0')) throw list.markerNotFound(at.marker);
  const columns = keys.map(({ expression }, i) => `(${expression})::text as k${i}`).join(', ');
  const marker = await database.row<Record<string, string>>(
    sql`select ${raw(columns)} from ${list.from} where a.id = ${at.marker} and ${at.visible}`,
  );
  if (!marker) throw list.markerNotFound(at.marker);
  const values = keys.map(({ type }, i) => sql`${marker[`k${i}`]}::${raw(type === 'sealed' ? 'text' : type)}`);
  return rowBehind(keys, values);
}

function rowBehind(keys: SortKey[], values: Sql[]): Sql {
  const operator = (key: SortKey) => raw(key.dir === 'asc' ? '>' : '<');
  const [first] = keys;
  if (first && keys.every(({ dir }) => dir === first.dir)) {
    // One comparison of rows, which an index on these columns answers.
    return sql`(${raw(keys.map(({ expression }) => expression).join(', '))}) ${operator(first)} (${join(values, ', ')})`;
  }
  const cases = keys.map((key, i) => {
    const equal = keys.slice(0, i).map((before, j) => sql`${raw(before.expression)} = ${values[j]}`);
    return sql`(${join([...equal, sql`${raw(key.expression)} ${operator(key)} ${values[i]}`], ' and ')})`;
  });
  return sql`(${join(cases, ' or ')})`;
}

/** Null: a key that is no column, so nothing is selected. Sealed columns match nothing. */
function filters({ columns, special }: ListOf, query: ListQuery): Sql | null {
  const conditions: Sql[] = [raw('true')];
  for (const { key, value, like } of query.filters) {
    const own = special && Object.hasOwn(special, key) ? special[key] : undefined;
    const found = Object.hasOwn(columns, key) ? columns[key] : undefined;
    if (value.includes('\0') || (!own && (!found || found.type === 'sealed'))) return null;
    if (own) conditions.push(own(value));
    else if (found && like) conditions.push(sql`${raw(found.name)}::text like '%' || ${escapeLike(value)} || '%'`);
    else if (found) conditions.push(sql`${raw(found.type === 'text' ? found.name : `${found.name}::text`)} = ${value}`);
  }
  return join(conditions, ' and ');
}

const escapeLike = (value: string) => value.replace(/[\\%_]/g, '\\$&');
