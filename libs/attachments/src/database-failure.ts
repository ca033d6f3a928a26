import { lost, ServiceError, unavailable } from '@app/domain';
import type { Sql } from './sql.js';

const CANCELLED = '57014'; // the statement timeout: nothing of it was done

/** There is no connection, and so nothing was done, whatever it is: a server that is away, full or does not know us, a name that is not found, a certificate. */
export const notReached = (error: unknown): unknown => unavailable({ cause: error });

/** What an error under a statement means: that nothing was done, that nobody knows, or, where the way to the database is no part of it, what it was. */
export function failureOf(error: unknown, statement: Sql): unknown {
  if (stateOf(error) === CANCELLED) return unavailable({ cause: error });
  if (!isGone(error)) return error;
  return READS.test(statement.strings[0] ?? '') ? unavailable({ cause: error }) : lost({ cause: error });
}

/** Behind a commit nobody may be told that nothing was done. */
export async function behindCommit<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ServiceError && error.kind === 'unavailable' ? lost({ cause: error }) : error;
  }
}

/** The SQLSTATE, or Node's code of a broken link. */
export const stateOf = (error: unknown): string | undefined => partsOf(error).code;

const READS = /^\s*select\b/i;

/** PostgreSQL ends or starts (57P0x), the link broke (08xxx, Node's E…), or pg says so in words alone: the connection is of no more use. */
export function isGone(error: unknown): boolean {
  const { code, message = '' } = partsOf(error);
  if (code !== undefined) return /^(57P0|08|E[A-Z_]+$)/.test(code);
  return /terminated|not queryable|timeout|after calling end/i.test(message);
}

/** By what it has and not by its class, since errors of Node's own may come from another realm. */
function partsOf(error: unknown): { code?: string; message?: string } {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return { ...(typeof code === 'string' && { code }), ...(typeof message === 'string' && { message }) };
}
