import { unavailable } from '@app/domain';
import type { Database } from './database.js';
import { forgetAnswers, prunableStatement, PRUNED_TABLES, type PrunedTable, pruneStatement } from './prune.statements.js';
import type { Sql } from './sql.js';
import type { TimesConfig } from './store.config.js';

/** So few that a statement takes some milliseconds. */
const ROWS_AT_ONCE = 500;
/** Longer than anybody waits. */
const ANSWERS_LAST_MS = 600_000;
const DAY_MS = 86_400_000;

/** How many rows of each table. */
export type Counts = Record<PrunedTable, number>;
type Ages = Record<PrunedTable, number>;
export type PruneTimes = Pick<TimesConfig, 'PRUNE_OPERATIONS_AFTER_DAYS' | 'PRUNE_DELETED_AFTER_DAYS'>;

/**
 * Deletes what has been over for long: operations that have ended, and rows that are marked deleted. Any number of processes may do it at
 * once, and nobody who works on live rows notices.
 */
export class PruningService {
  constructor(private readonly database: Database) {}

  /** What is due, up to the first full batch. Returns how many rows went, and whether there may be more. */
  async turn(times: PruneTimes): Promise<{ rows: number; more: boolean }> {
    let rows = await this.rowsOf(forgetAnswers(ANSWERS_LAST_MS, ROWS_AT_ONCE));
    for (const [table, ageMs] of Object.entries(agesOf(times)) as [PrunedTable, number][]) {
      const gone = await this.prune(table, ageMs);
      rows += gone;
      if (gone >= ROWS_AT_ONCE) return { rows, more: true };
    }
    return { rows, more: false };
  }

  /** Everything older than that, in batches. */
  async purge(ageMs: number): Promise<Counts> {
    const counts = none();
    for (const table of PRUNED_TABLES) {
      let gone: number;
      do counts[table] += gone = await this.prune(table, ageMs);
      while (gone >= ROWS_AT_ONCE);
    }
    return counts;
  }

  /** What `purge` would delete. */
  async prunable(ageMs: number): Promise<Counts> {
    const counts = none();
    for (const table of PRUNED_TABLES) counts[table] = await this.rowsOf(prunableStatement(table, ageMs));
    return counts;
  }

  private prune(table: PrunedTable, ageMs: number): Promise<number> {
    return this.rowsOf(pruneStatement(table, ageMs, ROWS_AT_ONCE));
  }

  private async rowsOf(statement: Sql): Promise<number> {
    const { rows } = await this.database.repeat(() => this.database.row<{ rows: number }>(statement), unavailable);
    return rows;
  }
}

const none = (): Counts => ({ operations: 0, attachments: 0, volumes: 0, volume_types: 0 });

/**
 * A row stays as long as an operation names it. So the deleted ones are not even looked for before the operations that name them may have
 * gone: else each turn would pass over all of them anew.
 */
function agesOf({ PRUNE_OPERATIONS_AFTER_DAYS, PRUNE_DELETED_AFTER_DAYS }: PruneTimes): Partial<Ages> {
  if (PRUNE_OPERATIONS_AFTER_DAYS === 0) return {};
  const operations = PRUNE_OPERATIONS_AFTER_DAYS * DAY_MS;
  if (PRUNE_DELETED_AFTER_DAYS === 0) return { operations };
  const deleted = Math.max(operations, PRUNE_DELETED_AFTER_DAYS * DAY_MS);
  return { operations, attachments: deleted, volumes: deleted, volume_types: deleted };
}
