import { isSecret as namesSecret } from '@app/domain';

/** What holds secrets, beside what is one. */
const HOLDS_SECRETS = /^connection_?info$/i;
/** A shorter one is not looked for in texts: it would be found everywhere. */
const SHORTEST_SECRET = 4;
const DEPTH = 8;
export const HIDDEN = '[hidden]';

/**
 * The same value for a reader of the log: what stands under a secret's key is hidden, and so is every password in a URL. An error becomes the
 * text of its stack and those of its causes. Never throws.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withoutPasswords(value);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (value instanceof Error) return withoutPasswords(stacks(value));
  if (depth === DEPTH) return '[deeper]'; // also where a circle ends
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, isHidden(key) ? HIDDEN : redact(item, depth + 1)]));
}

const isHidden = (key: string): boolean => namesSecret(key) || HOLDS_SECRETS.test(key);

/** All texts that stand under a secret's key, at any depth. */
export function secretsIn(value: unknown, isSecret = false, depth = 0): string[] {
  if (typeof value === 'string') return isSecret && value.length >= SHORTEST_SECRET ? [value] : [];
  if (value === null || typeof value !== 'object' || depth === DEPTH) return [];
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item, isSecret || isHidden(key), depth + 1));
}

/** `amqp://app:secret@host` becomes `amqp://app:***@host`, and `?password=secret` loses it too. */
export function withoutPasswords(text: string): string {
  if (!text.includes('://')) return text; // most of what is logged
  return text.replaceAll(/(:\/\/[^:@/?#\s]*):[^\s/]*@/g, '$1:***@').replaceAll(/([?&]password=)[^&#\s"]*/g, '$1***');
}

/** The same of what should be a URL and need not be one: whatever stands before its last `@` may be a part of a password. */
export function withoutUser(text: string): string {
  const seen = withoutPasswords(text);
  return /^[\w+.-]+:\/\/[^:@/?#\s]*:\*\*\*@[^@]*$/.test(seen) ? seen : seen.replace(/^([\w+.-]+:\/\/)?[^]*@/, '$1***@');
}

function stacks(error: Error, depth = 0): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error && depth < DEPTH ? `${own}\ncaused by ${stacks(error.cause, depth + 1)}` : own;
}
