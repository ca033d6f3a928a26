import { StartError } from '@app/domain';
import { inspect } from 'node:util';
import { withoutPasswords } from './redact.js';

interface Host {
  stderr: { write(text: string): unknown };
  exit(code: number): never;
}

/** Ends a process that cannot start, with exit code 1: a StartError by its sentences alone, anything else whole, since nobody meant it. */
export function failStart(error: unknown, host: Host = process): never {
  const text = error instanceof StartError ? error.message : inspect(error);
  host.stderr.write(`${withoutPasswords(text)}\n`);
  return host.exit(1);
}
