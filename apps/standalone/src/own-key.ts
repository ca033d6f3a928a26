import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { StartError } from '@app/domain';

const KEY_BYTES = 32;

/**
 * The key file at this path, made once, before there is a database that could hold anything sealed with it. It comes to its place whole or not at all: without its key everything sealed in the database is lost.
 *
 * @throws StartError when the database is there and its key is not
 */
export function ownKeyFile(path: string, isInUse: boolean): string {
  if (existsSync(path)) return path;
  if (isInUse) throw new StartError(`DATA_DIR: ${path} is missing; only this key opens what the database there holds, so put it back.`);
  make(path);
  return path;
}

function make(path: string): void {
  const unfinished = `${path}.unfinished`;
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, 'wx', 0o600);
  try {
    writeSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(unfinished, path);
}
