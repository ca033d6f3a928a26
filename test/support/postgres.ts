import { randomBytes } from 'node:crypto';
import { databasePrefix, onServer } from './databases';
import { PrivatePostgres } from './private-postgres';
import { currentRun } from './test-run';

export { PrivatePostgres };

/**
 * A database that nobody else uses, on the run's server; it goes with the run. Without a template it is empty.
 * A template must have no connections while it is copied.
 */
export async function createDatabase(options: { template?: string } = {}): Promise<string> {
  const { databaseUrl, folder } = currentRun();
  const name = databasePrefix(folder) + randomBytes(6).toString('hex');
  const from = options.template === undefined ? '' : ` template "${options.template}"`;
  await onServer((client) => client.query(`create database "${name}"${from}`));
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The name of the database in its URL: what `template` takes. */
export const databaseName = (url: string): string => new URL(url).pathname.slice(1);

/** A server for a test that stops or crashes it, so that the run's own lives on. Call `remove` at the end. */
export function isolatedPostgres(): Promise<PrivatePostgres> {
  return PrivatePostgres.create(currentRun().folder, `postgres-${randomBytes(4).toString('hex')}`);
}
