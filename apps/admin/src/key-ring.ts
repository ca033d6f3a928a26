import { KeyRing } from '@app/attachments';
import { StartError } from '@app/domain';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AdminConfig } from './admin.config.js';

/** The keys that SECRETS_KEY_FILE names, else those of the standalone in DATA_DIR. @throws StartError where there are none. */
export function keyRing({ keyFile, database, embedded }: AdminConfig): KeyRing {
  if (keyFile !== null) return KeyRing.fromFile(keyFile);
  const own = resolve(embedded.DATA_DIR, 'secrets.key');
  if (database || !existsSync(own)) throw new StartError('SECRETS_KEY_FILE is not set: it names the file with the keys.');
  return KeyRing.fromFile(own);
}
