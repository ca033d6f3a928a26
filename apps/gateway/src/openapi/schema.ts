import type { Microversion } from '../openstack/microversion.js';

/** JSON Schema in the dialect of 2020-12, which is OpenAPI 3.1's. One with a title has a place of its own in the document. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** What may be another from some microversion on. */
export type ByVersion<T extends object> = T | ((version: Microversion) => T);
export const at = <T extends object>(said: ByVersion<T>, version: Microversion): T => (typeof said === 'function' ? said(version) : said);

/** An object of these members and no others; all of them are there but the optional ones. */
export function objectOf(title: string | null, properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return {
    ...(title !== null && { title }),
    type: 'object',
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    additionalProperties: false,
  };
}

export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
export const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema.type, 'null'].flat() });

export const TEXT: Schema = { type: 'string' };
export const FLAG: Schema = { type: 'boolean' };
export const COUNT: Schema = { type: 'integer', minimum: 0 };
export const NOTHING: Schema = { type: 'null' };
/** The pattern is what a validator holds: a format only describes. */
export const ID: Schema = { type: 'string', format: 'uuid', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };
/** UTC, without a zone and with six digits behind the point (spec: attachments-api §2.2). */
export const TIME: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}$' };
export const LINKS: Schema = listOf(objectOf('Link', { rel: TEXT, href: TEXT }));
