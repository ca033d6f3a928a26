import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '@app/domain';
import type { QueryRunner } from 'typeorm';
import type { Database } from './database.js';
import { ENTITIES, MIGRATIONS } from './open-database.js';
import { raw, sql } from './sql.js';

/** Any number that nobody else uses: whoever migrates holds it, so two processes that start at once do not harm each other. */
const MIGRATION_LOCK = 7_735_646;
const LOCK_PAUSE_MS = 100;
const OLDEST_SERVER = 150_000;
const ISOLATION = 'repeatable read';

/** Brings the schema up to date. Returns the names of the migrations that it carried out. @throws StartError for a schema of a newer version. */
export async function migrate(database: Database): Promise<string[]> {
  // An embedded database has one session, which is needed for the work, and nobody else can be there.
  if ('driver' in database.source.options && database.source.options.driver !== undefined) return carryOut(database);
  const holder = database.source.createQueryRunner();
  try {
    await takeLock(holder);
    return await carryOut(database);
  } finally {
    await holder.query('select pg_advisory_unlock_all()');
    await holder.release();
  }
}

/** Asked for again and again: one statement that waits for another process's migration would run into the pool's time limit. */
async function takeLock(holder: QueryRunner): Promise<void> {
  for (;;) {
    const [row] = (await holder.query('select pg_try_advisory_lock($1) as taken', [MIGRATION_LOCK])) as { taken: boolean }[];
    if (row?.taken) return;
    await pause(LOCK_PAUSE_MS);
  }
}

async function carryOut(database: Database): Promise<string[]> {
  await refuseNewer(database);
  const done = await database.source.runMigrations({ transaction: 'each' });
  return done.map(({ name }) => name);
}

/** What is wrong with the database, each a sentence; empty: nothing. */
export async function checkDatabase(database: Database): Promise<string[]> {
  const [server] = await database.rows<{ version: string; isolation: string }>(
    sql`select current_setting('server_version_num') as version, current_setting('transaction_isolation') as isolation`,
  );
  const faults: string[] = [];
  if (Number(server?.version) < OLDEST_SERVER) faults.push(`The server is version ${server?.version}; PostgreSQL 15 or later is needed.`);
  if (server?.isolation !== ISOLATION) faults.push(`Connections run at "${server?.isolation}"; "${ISOLATION}" is needed.`);
  const applied = await appliedMigrations(database);
  const missing = MIGRATIONS.map(({ name }) => name).filter((name) => !applied.includes(name));
  if (missing.length > 0) faults.push(`The schema is behind: ${missing.join(', ')} not applied. Run: npm run admin -- db migrate`);
  else faults.push(...(await missingColumns(database)));
  return faults;
}

/** @throws StartError when the schema is behind, too new, or the server unfit. */
export async function requireReady(database: Database): Promise<void> {
  await refuseNewer(database);
  const faults = await checkDatabase(database);
  if (faults.length > 0) throw new StartError(`The database cannot be used. ${faults.join(' ')}`);
}

async function refuseNewer(database: Database): Promise<void> {
  const known = MIGRATIONS.map(({ name }) => name);
  const newer = (await appliedMigrations(database)).filter((name) => !known.includes(name));
  if (newer.length > 0)
    throw new StartError(`The database was made by a newer version of Mooring (${newer.join(', ')}); this one cannot use it.`);
}

async function appliedMigrations(database: Database): Promise<string[]> {
  const [table] = await database.rows<{ present: boolean }>(sql`select to_regclass('migrations') is not null as present`);
  if (!table?.present) return [];
  return (await database.rows<{ name: string }>(sql`select name from migrations order by id`)).map(({ name }) => name);
}

async function missingColumns(database: Database): Promise<string[]> {
  const found = await database.rows<{ column: string }>(
    sql`select table_name || '.' || column_name as column from information_schema.columns where table_schema = ${raw('current_schema()')}`,
  );
  const present = new Set(found.map(({ column }) => column));
  const wanted = ENTITIES.flatMap((entity) => {
    const { tableName, columns } = database.source.getMetadata(entity);
    return columns.map(({ databaseName }) => `${tableName}.${databaseName}`);
  });
  return wanted.filter((column) => !present.has(column)).map((column) => `Column ${column} is missing.`);
}
