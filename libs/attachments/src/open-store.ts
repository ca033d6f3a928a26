import type { Store } from './attachments.module.js';
import { requireReady } from './migrator.js';
import { type Manner, openPostgres } from './open-database.js';
import { KeyRing } from './sealing.js';
import { proveKeys } from './sealing-check.js';
import type { DatabaseConfig, SecretsConfig, TimesConfig } from './store.config.js';

interface StoreConfig {
  database: DatabaseConfig;
  secrets: SecretsConfig;
  times: TimesConfig;
}

/** Whoever waits for a connection that was cut without a word waits so long, so all is whole again well within half a minute. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** The store of a process that works on PostgreSQL. @throws StartError for a database that is away, behind or too new, and for keys that are not its own. */
export async function openStore(
  { database: config, secrets, times }: StoreConfig,
  manner: Omit<Manner, 'statementMs'> = {},
): Promise<Store> {
  const keys = KeyRing.fromFile(secrets.SECRETS_KEY_FILE);
  const database = await openPostgres(config, { ...manner, statementMs: STATEMENT_TIMEOUT_MS });
  await requireReady(database);
  await proveKeys(database, keys);
  return { database, keys, times };
}
