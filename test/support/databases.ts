import { Client } from 'pg';
import { currentRun, runName } from './test-run';

/** Every database of this run begins so, on whatever server it is. */
export const databasePrefix = (folder: string): string => `${runName(folder)}_`;

export async function onServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: currentRun().databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A server that was there before the run is left as it was found. */
export async function dropDatabasesOfRun(): Promise<void> {
  if (process.env.TEST_STATE_FILE === undefined) return;
  const { databaseIsPrivate, folder } = currentRun();
  if (databaseIsPrivate) return;
  await onServer(async (client) => {
    const { rows } = await client.query<{ datname: string }>('select datname from pg_database where starts_with(datname, $1)', [
      databasePrefix(folder),
    ]);
    for (const { datname } of rows) await client.query(`drop database if exists "${datname}" with (force)`);
  });
}
