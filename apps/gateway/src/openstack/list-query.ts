import type { ListQuery } from '@app/attachments';
import { invalidInput, ServiceError } from '@app/domain';
import { isAtLeast, microversion, type Microversion } from './microversion.js';

/** A query string, parsed: a parameter given twice has its values in an array. */
export type Query = Record<string, string | string[] | undefined>;

/** How one resource reads a list's query. */
export interface ListRules {
  /** Its name where an operator says by what it can be filtered. */
  resource: string;
  /** What anybody may filter by; an administrator by any column. */
  filters: readonly string[];
  /** The same from 3.31 on, where it is another. `key~` allows `key` too. */
  checked?: readonly string[];
  /** Parameters that are no column but stand for one. */
  columns: Readonly<Record<string, string>>;
  /** Parameters that are no filters, beside those of paging and sorting. */
  besides: readonly string[];
}

const FILTERS_CHECKED_SINCE = microversion('3.31');
const LIKE_SINCE = microversion('3.34');
export const MAX_OFFSET = 2_147_483_647;
const NEWEST_FIRST = { key: 'created_at', dir: 'desc' };
const PAGING = new Set(['sort', 'sort_key', 'sort_dir', 'limit', 'marker', 'offset', 'all_tenants']);

/** Everything of spec: attachments-api §4 that needs no database. @throws invalid */
export function parseListQuery(
  query: Query,
  rules: ListRules,
  caller: { isAdmin: boolean; version: Microversion },
  maxLimit: number,
): ListQuery {
  const sort = parseSort(query);
  const limit = parseLimit(first(query.limit), maxLimit);
  const offset = parseOffset(first(query.offset));
  // Its mere presence counts, whatever the value; for anybody but an administrator it means nothing.
  const allTenants = caller.isAdmin && query.all_tenants !== undefined;
  const filters = parseFilters(query, rules, caller).filter(({ key }) => key !== 'project_id' || allTenants);
  return { limit, offset, marker: first(query.marker) ?? null, sort, filters, allTenants };
}

function parseSort(query: Query): ListQuery['sort'] {
  const sort = first(query.sort);
  const sortKey = first(query.sort_key);
  const sortDir = first(query.sort_dir);
  const pair = sortKey !== undefined || sortDir !== undefined;
  if (sort === undefined && !pair) return null;
  if (sort !== undefined && pair) {
    throw refused("The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter.");
  }
  const words =
    sort === undefined ? [[sortKey ?? NEWEST_FIRST.key, sortDir ?? NEWEST_FIRST.dir]] : sort.split(',').map((word) => partition(word));
  return words.map(([key = '', dir = '']) => ({ key: key.trim(), dir: direction(dir.trim()) }));
}

function partition(word: string): [string, string] {
  const at = word.indexOf(':');
  return at === -1 ? [word, NEWEST_FIRST.dir] : [word.slice(0, at), word.slice(at + 1) || NEWEST_FIRST.dir];
}

function direction(text: string): 'asc' | 'desc' {
  if (text !== 'asc' && text !== 'desc') throw invalidInput("Unknown sort direction, must be 'desc' or 'asc'.");
  return text;
}

function parseLimit(text: string | undefined, maxLimit: number): number {
  if (text === undefined) return maxLimit;
  const limit = integer(text);
  if (limit === null) throw refused('limit param must be an integer');
  if (limit < 0) throw refused('limit param must be positive');
  return Math.min(limit, maxLimit);
}

function parseOffset(text: string | undefined): number {
  if (text === undefined) return 0;
  const offset = integer(text);
  if (offset === null) throw refused('offset must be an integer');
  if (offset < 0) throw refused('offset must be >= 0');
  if (offset > MAX_OFFSET) throw refused(`offset must be <= ${MAX_OFFSET}`);
  return offset;
}

function parseFilters(
  query: Query,
  rules: ListRules,
  { isAdmin, version }: { isAdmin: boolean; version: Microversion },
): ListQuery['filters'] {
  const given = Object.keys(query).filter((key) => !PAGING.has(key) && !rules.besides.includes(key));
  const strict = isAtLeast(version, FILTERS_CHECKED_SINCE);
  if (strict && given.some((key) => !isAscii(key))) throw refused('Filter keys can only contain ASCII characters.');
  const unknown = isAdmin ? [] : given.filter((key) => !isAllowed(key, rules, version));
  if (strict && unknown.length > 0) throw refused(`Invalid filters ${unknown.join(',')} are found in query options.`);
  return given.filter((key) => !unknown.includes(key)).flatMap((key) => filtersOf(key, query[key], rules.columns));
}

function isAllowed(key: string, { filters, checked = filters }: ListRules, version: Microversion): boolean {
  if (!isAtLeast(version, FILTERS_CHECKED_SINCE)) return filters.includes(key);
  if (isAtLeast(version, LIKE_SINCE)) return checked.includes(key) || checked.includes(`${key}~`);
  return checked.includes(key) && !key.endsWith('~');
}

/** Two values of one parameter are two filters, which no row passes (spec: attachments-api §4.1). */
function filtersOf(key: string, value: string | string[] | undefined, columns: ListRules['columns']): ListQuery['filters'] {
  const like = key.endsWith('~');
  const name = like ? key.slice(0, -1) : key;
  const column = Object.hasOwn(columns, name) ? (columns[name] ?? name) : name;
  return [value ?? ''].flat().map((text) => ({ key: column, value: text, like }));
}

const first = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
const integer = (text: string): number | null => (/^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : null);
const isAscii = (text: string) => Buffer.byteLength(text) === text.length;
const refused = (text: string) => new ServiceError('invalid', text);
