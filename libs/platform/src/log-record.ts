import { inspect } from 'node:util';
import { redact, withoutPasswords } from './redact.js';

/** One event, fit to be read by anybody: secrets are out of it. */
export interface LogRecord {
  message: string;
  fields: Record<string, unknown>;
}

const STACK = /\n\s+at /;
const CAUSES = 8;

/**
 * What a caller of Nest's Logger says, as one event: a message (a text, an error, an object with more keys, or a function that says it only when it
 * is logged), what stands beside it (errors, stacks, objects), and at last the name of the part that speaks.
 */
export function logRecord(said: unknown, beside: readonly unknown[]): LogRecord {
  const message = typeof said === 'function' ? (said as () => unknown)() : said;
  const last = beside.at(-1);
  const hasContext = typeof last === 'string' && !STACK.test(last);
  const fields: Record<string, unknown> = hasContext ? { context: last } : {};
  for (const more of hasContext ? beside.slice(0, -1) : beside) add(fields, more);
  return typeof message === 'object' && message !== null
    ? ofObject(message, fields)
    : { message: withoutPasswords(String(message)), fields };
}

function add(fields: Record<string, unknown>, more: unknown): void {
  if (more === undefined || more === null) return;
  if (more instanceof Error) fields.error = errorParts(more);
  else if (typeof more === 'object') Object.assign(fields, redact(more));
  else fields.stack = withoutPasswords(typeof more === 'string' ? more : inspect(more));
}

function ofObject(message: object, fields: Record<string, unknown>): LogRecord {
  if (message instanceof Error) return { message: withoutPasswords(message.message), fields: { ...fields, error: errorParts(message) } };
  const { message: text = '', ...more } = redact(message) as Record<string, unknown>;
  return { message: typeof text === 'string' ? text : JSON.stringify(text), fields: { ...more, ...fields } };
}

/** An error and its causes by their own parts, without what else hangs on them (query parameters). */
function errorParts({ name, message, stack, cause, ...more }: Error & { code?: unknown }, depth = 0): Record<string, unknown> {
  return {
    name,
    message: withoutPasswords(message),
    ...((typeof more.code === 'string' || typeof more.code === 'number') && { code: more.code }),
    stack: withoutPasswords(stack ?? ''),
    ...(cause instanceof Error && depth < CAUSES && { cause: errorParts(cause, depth + 1) }),
  };
}
