import Table from 'cli-table3';

export const FORMATS = ['table', 'json'] as const;
export type Format = (typeof FORMATS)[number];
type Facts = Record<string, unknown>;

/** One line for each; the columns are the keys of the first. */
export function printList(rows: readonly Facts[], format: Format, columns: readonly string[]): void {
  if (format === 'json') return print(json(rows.map((row) => picked(row, columns))));
  const table = new Table({ head: columns.map(wireName), style: PLAIN });
  for (const row of rows) table.push(columns.map((column) => cell(row[column])));
  print(table.toString());
}

/** One thing with all that is known of it. */
export function printOne(facts: Facts, format: Format): void {
  if (format === 'json') return print(json(facts));
  const table = new Table({ head: ['field', 'value'], style: PLAIN });
  for (const [key, value] of Object.entries(facts)) table.push([wireName(key), cell(value)]);
  print(table.toString());
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

const PLAIN = { head: [], border: [], compact: true };

const picked = (row: Facts, columns: readonly string[]): Facts =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));

/** Under the names that the API gives them. */
export const json = (value: unknown): string => JSON.stringify(renamed(value), null, 2);

/** Only the keys of records are ours: metadata keep theirs. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [wireName(key), VERBATIM.includes(key) || typeof item !== 'object' ? item : renamed(item)]),
  );
}
const VERBATIM = ['metadata', 'adminMetadata', 'headers'];

const wireName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Names and messages are what somebody sent: nothing of them may steer the terminal. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(renamed(value));
  return text.replaceAll(/\p{Cc}/gu, '?');
}
