import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

const KEY_BYTES = 32;

/** The key file at this path, made once. It comes to its place whole or not at all: without its key everything sealed in the database is lost. */
export function ownKeyFile(path: string): string {
  if (!existsSync(path)) make(path);
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
