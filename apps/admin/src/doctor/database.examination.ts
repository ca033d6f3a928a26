import { checkDatabase, type Database, databaseFacts, proveKeys } from '@app/attachments';
import { resolve } from 'node:path';
import type { AdminConfig } from '../admin.config.js';
import { keyRing } from '../key-ring.js';
import { failed, type Finding, ok, warning } from './finding.js';

/** Leases are the database's, tokens expire by this machine's clock. */
const CLOCKS_MAY_DIFFER_MS = 2_000;

export async function examineDatabase(database: Database, config: AdminConfig): Promise<Finding[]> {
  const which = whichOne(config);
  const faults = await checkDatabase(database);
  if (faults.length > 0) return faults.map((fault) => failed('database', `${which}${fault}`));
  const { server, isolation, migrations } = await databaseFacts(database);
  const found = `${which}PostgreSQL ${server}, isolation ${isolation}, schema of ${migrations.at(-1)}`;
  return [ok('database', found), await examineClock(database)];
}

/** Whoever has forgotten DATABASE_URL must not take the one in the folder for the installation's. */
const whichOne = ({ database, embedded }: AdminConfig): string =>
  database ? '' : `the embedded one of DATA_DIR (${resolve(embedded.DATA_DIR)}), since DATABASE_URL is not set: `;

async function examineClock(database: Database): Promise<Finding> {
  const before = Date.now();
  const { now } = await databaseFacts(database);
  const apart = Math.round(Math.abs(now - (before + Date.now()) / 2));
  const found = `${apart} ms apart from the database's`;
  return apart > CLOCKS_MAY_DIFFER_MS ? warning('clock', `${found}: tokens may be taken for expired, or not`) : ok('clock', found);
}

export async function examineKeys(database: Database, config: AdminConfig): Promise<Finding[]> {
  const keys = keyRing(config);
  await proveKeys(database, keys);
  return [ok('keys', `they open what is sealed; ${keys.sealingKey} seals`)];
}
