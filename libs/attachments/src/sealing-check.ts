import { StartError, unavailable } from '@app/domain';
import type { Database } from './database.js';
import { type KeyRing, place } from './sealing.js';
import { sql } from './sql.js';

const ROW = 'mooring';

/** Proves at start that the keys are those of this database. @throws StartError when none of them opens what was sealed first. */
export async function proveKeys(database: Database, keys: KeyRing): Promise<void> {
  const at = place('sealing_checks.sealed', ROW);
  const first = sql`insert into sealing_checks (id, sealed) values (${ROW}, ${keys.seal(ROW, at)}) on conflict do nothing`;
  await database.repeat(() => database.rows(first), unavailable);
  const check = await database.row<{ sealed: string }>(sql`select sealed from sealing_checks where id = ${ROW}`);
  try {
    keys.open(check?.sealed ?? '', at);
  } catch (cause) {
    throw new StartError(
      'SECRETS_KEY_FILE: none of its keys opens what this database holds; it takes the key with which the database was first used.',
      {
        cause,
      },
    );
  }
}
