import { isUtf8 } from 'node:buffer';
import { DEFAULT_TEXT, ServiceError } from '@app/domain';
import { VENDOR_MEDIA_TYPE } from './media-type.js';

/** Containers within containers; a deeper body is an attack, not a connector. */
const MAX_DEPTH = 32;
const READABLE = ['application/json', VENDOR_MEDIA_TYPE];

/**
 * What a POST or PUT carries, before any class looks at it; undefined where there is nothing to read: an empty body, or one that does not
 * say what it is (spec: microversions-and-errors §6).
 *
 * @throws unsupportedMediaType
 */
export function readableBody(raw: unknown, contentType: string | undefined): Buffer | undefined {
  if (!Buffer.isBuffer(raw) || raw.length === 0 || contentType === undefined) return undefined;
  const [mediaType = ''] = contentType.split(';', 1);
  if (!READABLE.includes(mediaType.trim().toLowerCase())) throw new ServiceError('unsupportedMediaType', 'Unsupported Content-Type');
  return raw;
}

/** @throws invalid: no JSON, undecodable bytes, too deep, or a character in it that no database stores. */
export function parseBody(raw: Buffer): unknown {
  if (!isUtf8(raw)) throw malformedBody();
  const text = raw.toString('utf8');
  const body = parseJson(text);
  // NUL and half a surrogate pair can only be written as an escape, so most bodies need no look at their strings.
  if (!isHarmless(body, MAX_DEPTH, text.includes('\\u'))) throw malformedBody();
  return body;
}

export const malformedBody = () => new ServiceError('invalid', 'Malformed request body');
export const defaultRefusal = () => new ServiceError('invalid', DEFAULT_TEXT.invalid);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformedBody();
  }
}

function isHarmless(value: unknown, depth: number, looksAtText: boolean): boolean {
  if (typeof value === 'string') return !looksAtText || isStorable(value);
  if (value === null || typeof value !== 'object') return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isHarmless(item, depth - 1, looksAtText));
  return Object.entries(value).every(([key, item]) => (!looksAtText || isStorable(key)) && isHarmless(item, depth - 1, looksAtText));
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const isStorable = (text: string) => !text.includes('\0') && !LONE_SURROGATE.test(text);
