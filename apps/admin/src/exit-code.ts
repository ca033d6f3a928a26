import { inspect } from 'node:util';
import { ServiceError, StartError } from '@app/domain';

const FAILED = 1;
const WRONG_USAGE = 2;
const FOUND_PROBLEMS = 3;

/** What was asked for was not done, for this reason. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** All was done, and what was found needs somebody: scripts tell it from a failure by its exit code. */
export class ProblemsFound extends Error {
  override readonly name = 'ProblemsFound';
}

/** The word of the parser for a value that an option or argument cannot take: it then prints the message beside its name. */
export class InvalidValue extends Error {
  readonly code = 'commander.invalidArgument';
}

/** Says on `out` what went wrong, where the parser has not said it already, and returns the exit code for it. */
export function exitCodeOf(error: unknown, out: { write(text: string): unknown }): number {
  if (isOfParser(error)) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  const meant = [ServiceError, StartError, CommandFailed, ProblemsFound].some((kind) => error instanceof kind);
  out.write(`${meant ? (error as Error).message : inspect(error)}\n`);
  return error instanceof ProblemsFound ? FOUND_PROBLEMS : FAILED;
}

/** It throws for `--help` too, with exit code 0. */
const isOfParser = (error: unknown): error is Error & { exitCode: number } =>
  error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.');
