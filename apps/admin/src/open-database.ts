import { type Database, holdsDatabase, openEmbeddedIn, openEmbeddedOver, openPostgres, socketAddress } from '@app/attachments';
import { StartError } from '@app/domain';
import { DataFolder } from '@app/platform';
import { resolve } from 'node:path';
import type { AdminConfig } from './admin.config.js';

export interface OpenDatabase {
  database: Database;
  close: () => Promise<void>;
}

/**
 * PostgreSQL where DATABASE_URL is set; else the embedded database of DATA_DIR: through the process that holds it, or by itself where none does.
 * @throws StartError when it cannot be reached, or is not there and `make` is false.
 */
export async function openDatabase({ database: named, embedded }: AdminConfig, { make }: { make: boolean }): Promise<OpenDatabase> {
  const database = named ? await openPostgres(named) : await openEmbeddedOver(socketAddress(resolve(embedded.DATA_DIR, 'admin.sock')));
  return database ? { database, close: () => database.close() } : inFolder(embedded.DATA_DIR, make);
}

async function inFolder(path: string, make: boolean): Promise<OpenDatabase> {
  if (!make && !holdsDatabase(resolve(path, 'database'))) {
    throw new StartError(
      `DATA_DIR: there is no database in ${resolve(path)} yet; \`npm start\` or \`db migrate\` make one, and DATABASE_URL names another.`,
    );
  }
  const folder = await DataFolder.open(path);
  const making = () => process.stderr.write('creating the embedded database (once) ...\n');
  try {
    const database = await openEmbeddedIn(folder.path('database'), () => void making());
    return { database, close: () => database.close().finally(() => folder.release()) };
  } catch (error) {
    folder.release();
    throw error;
  }
}
