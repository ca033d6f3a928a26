import type { LoadResult } from './closed-loop';

/** Looks closer at a cell while its window is open; what it costs is in the cell's figures. */
export interface Observer {
  open(): Promise<void>;
  /** What it has seen, to be printed. */
  close(result: LoadResult): Promise<string>;
}

/** Of pg_stat_statements, times in ms over all calls. */
export interface StatementRow {
  calls: number;
  plan: number;
  execution: number;
  query: string;
}
