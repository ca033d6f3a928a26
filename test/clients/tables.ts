export type Row = Record<string, string>;

/** The tables in what a command printed, each as its rows by column; a value of several lines is one value. */
export function tablesIn(text: string): Row[][] {
  const tables: Row[][] = [];
  let columns: string[] | null = null;
  let borders = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('+')) {
      borders = borders === 3 ? 1 : borders + 1;
      if (borders === 1) columns = null;
    } else if (line.startsWith('|') && columns === null) {
      columns = cellsOf(line);
      tables.push([]);
    } else if (line.startsWith('|') && columns !== null) {
      enter(tables.at(-1) ?? [], columns, cellsOf(line));
    }
  }
  return tables;
}

/** @throws where there is none, or more than one. */
export function onlyTableIn(text: string): Row[] {
  const [rows, another] = tablesIn(text);
  if (!rows || another) throw new Error(`that is not one table:\n${text}`);
  return rows;
}

/** Tables of two columns, Property and Value, as one object. */
export const propertiesIn = (text: string): Row =>
  Object.fromEntries(tablesIn(text).flatMap((rows) => rows.map((row) => Object.values(row).slice(0, 2) as [string, string])));

const cellsOf = (line: string): string[] =>
  line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());

function enter(rows: Row[], columns: string[], cells: string[]): void {
  const row = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  const before = rows.at(-1);
  if (cells[0] !== '' || !before) return void rows.push(row);
  for (const column of columns) if (row[column]) before[column] = `${before[column]}\n${row[column]}`;
}
