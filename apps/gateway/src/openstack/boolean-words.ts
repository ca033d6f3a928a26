import { ServiceError } from '@app/domain';
import type { Query } from './list-query.js';

const WORDS: Record<string, boolean> = {
  ...Object.fromEntries(['1', 't', 'true', 'on', 'y', 'yes'].map((word) => [word, true])),
  ...Object.fromEntries(['0', 'f', 'false', 'off', 'n', 'no'].map((word) => [word, false])),
};

/** What clients write for true and false; null: neither. */
export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? null) : null;
}

/** A parameter of the query that says yes or no; no where it is not there. @throws invalid */
export function booleanParameter(query: Query, name: string): boolean {
  const [said = 'false'] = [query[name]].flat();
  const wanted = booleanOf(said);
  if (wanted === null) throw new ServiceError('invalid', `Value '${said}' for '${name}' is not a boolean.`);
  return wanted;
}
