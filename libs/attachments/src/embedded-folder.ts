import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@app/domain';
import type { Database } from './database.js';
import { openPglite } from './embedded-pool.js';
import { openEmbedded } from './open-database.js';

/** PGlite leaves it in every folder that it has finished making. */
const MADE = 'PG_VERSION';

/** Whether a database has been made there, by whatever version. */
export const holdsDatabase = (folder: string): boolean => existsSync(join(folder, MADE));

/**
 * The embedded database in this folder, which nobody else may hold. The first time it is made, which takes seconds: `making` is told before.
 * @throws StartError when what is there cannot be read.
 */
export async function openEmbeddedIn(folder: string, making: () => void): Promise<Database> {
  if (!holdsDatabase(folder)) {
    making();
    await make(folder);
  }
  try {
    return await opened(folder);
  } catch (cause) {
    throw new StartError(
      `DATA_DIR: the database in ${folder} cannot be opened: it is damaged, or was made by a version of Mooring that is not this one.`,
      { cause },
    );
  }
}

async function opened(folder: string): Promise<Database> {
  const { run, close } = await openPglite(folder);
  try {
    return await openEmbedded(run, close);
  } catch (error) {
    await close().catch(() => undefined); // what went wrong first is what is told
    throw error;
  }
}

/** Beside its place and moved there when it is whole: whoever is killed meanwhile leaves nothing that would be taken for a database. */
async function make(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const { close } = await openPglite(unfinished);
  await close();
  rmSync(folder, { recursive: true, force: true }); // at most an empty folder, or what somebody has emptied of its PG_VERSION
  renameSync(unfinished, folder);
}
