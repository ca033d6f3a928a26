import type { Database } from './database.js';
import { sql } from './sql.js';

/** What an administrator wants to know of a database that is fit. */
export interface DatabaseFacts {
  /** As the server says it, `15.18`. */
  server: string;
  isolation: string;
  /** Its clock, in ms since 1970. */
  now: number;
  /** Those that were carried out, oldest first. */
  migrations: string[];
}

/** Rejects where no migration was ever carried out: `checkDatabase` comes first. */
export async function databaseFacts(database: Database): Promise<DatabaseFacts> {
  const facts = await database.row<DatabaseFacts>(sql`select current_setting('server_version') as server,
    current_setting('transaction_isolation') as isolation,
    extract(epoch from clock_timestamp())::float8 * 1000 as now, (select json_agg(name order by id) from migrations) as migrations`);
  if (!facts) throw new Error('the database says nothing of itself');
  return facts;
}
