import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceError } from '@app/domain';
import type { DataSource } from 'typeorm';
import { stateOf } from './database-failure.js';
import type { Sql } from './sql.js';
import { onPostgres, poolOf, type RunStatement } from './statements.js';

const REPEATS = 5;

/**
 * The door to PostgreSQL. Every connection runs at REPEATABLE READ, so a statement that overlaps another one's write of the same row fails
 * with 40001 instead of deciding on what is no longer true; `repeat` runs it again.
 */
export class Database {
  constructor(
    readonly source: DataSource,
    private readonly run: RunStatement = onPostgres(poolOf(source)),
  ) {}

  /** One statement, one round trip. @throws unavailable when it changed nothing because the database was not to be reached, lost when nobody knows. */
  rows<T>(statement: Sql): Promise<T[]> {
    return this.run(statement) as Promise<T[]>;
  }

  async row<T>(statement: Sql): Promise<T | undefined> {
    return (await this.rows<T>(statement))[0];
  }

  /**
   * The one helper that repeats: `work` again when it lost to an overlapping write (40001), or found the volume's revision moved and said
   * so by undefined. Five times, then `exhausted`.
   */
  async repeat<T>(work: () => Promise<T | undefined>, exhausted: () => ServiceError): Promise<T> {
    for (let attempt = 0; attempt <= REPEATS; attempt++) {
      if (attempt > 0) await pause(Math.random() * 10 * 2 ** attempt);
      const done = await this.unlessOverlapped(work);
      if (done !== undefined) return done;
    }
    throw exhausted();
  }

  private async unlessOverlapped<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (sqlState(error) === SERIALIZATION_FAILURE || sqlState(error) === DEADLOCK) return undefined;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.source.destroy();
  }
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
export const UNIQUE_VIOLATION = '23505';

export const sqlState = stateOf;
