import { AsyncResource } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { failureOf, isGone, notReached } from './database-failure.js';
import type { Answer } from './embedded-pool.js';
import type { Sql } from './sql.js';

/**
 * Carries out one statement in one round trip, without a transaction around it. @throws unavailable when it changed nothing because the
 * database was not to be reached, lost when nobody knows.
 */
export type RunStatement = (statement: Sql) => Promise<unknown[]>;

/** Lists can be asked for in more ways than are worth remembering: what comes after so many texts is parsed each time. */
const MOST_NAMED = 500;
/** Enough that no two texts share one; PostgreSQL takes 63. */
const NAME_LENGTH = 32;

/**
 * On PostgreSQL a text that has been seen before is a prepared statement: parsed once for each connection, and planned as rarely
 * as decision 0021 says. Most of what a call costs there is planning (decision 0016).
 */
export function onPostgres(pool: pg.Pool): RunStatement {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    if (!names.has(text) && names.size < MOST_NAMED) names.set(text, createHash('sha256').update(text).digest('hex').slice(0, NAME_LENGTH));
    return names.get(text);
  };
  return async (statement) => {
    const { text, values } = statement;
    const client = await pool.connect().catch((error: unknown) => {
      throw notReached(error);
    });
    let broken = false;
    try {
      return (await client.query<object>({ name: nameOf(text), text, values: [...values] })).rows;
    } catch (error) {
      // What the server itself says leaves the connection fit, unless it says that it ends it; after anything else nobody knows what still comes over it.
      broken = !(error instanceof pg.DatabaseError) || isGone(error);
      throw failureOf(error, statement);
    } finally {
      client.release(broken);
    }
  };
}

/** In an async context of its own: the lease that the embedded pool notes there must not reach our caller's timers. */
export const onEmbedded =
  (pool: { query(text: string, values: unknown[]): Promise<Answer> }): RunStatement =>
  ({ text, values }) =>
    new AsyncResource('statement').runInAsyncScope(async () => (await pool.query(text, [...values])).rows);

/** TypeORM keeps the pool to itself, but nothing stands between it and a statement of ours that TypeORM would add to. */
export const poolOf = <Pool>(source: DataSource): Pool => (source.driver as unknown as { master: Pool }).master;
