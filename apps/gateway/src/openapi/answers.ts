import { STATUS_CODES } from 'node:http';
import { DEFAULT_TEXT, type ErrorKind } from '@app/domain';
import { type Fault, FAULT_KINDS, faultBody, faultOf } from '../openstack/faults.js';
import { UNAUTHORIZED_BODY } from '../openstack/keystone-auth.js';
import { JSON_MEDIA_TYPE, TEXT_MEDIA_TYPE, VENDOR_MEDIA_TYPE } from '../openstack/media-type.js';
import type { ApiRoute, Verb } from './api-routes.js';
import type { Answer } from './describes.js';
import { COUNT, mapOf, objectOf, type Schema, TEXT } from './schema.js';

/** One, or one for each action by its name. */
export type Example = { example: unknown } | { examples: Readonly<Record<string, { value: unknown }>> };

/** The two names of JSON: callers choose by `Accept`, and write either. */
export const inJson = (schema: Schema, example: Example): Schema => ({
  [JSON_MEDIA_TYPE]: { schema, ...example },
  [VENDOR_MEDIA_TYPE]: { schema, ...example },
});

const PLAIN = TEXT_MEDIA_TYPE.split(';', 1)[0] ?? TEXT_MEDIA_TYPE;
const HEADERS: Schema = { 'x-openstack-request-id': { $ref: '#/components/headers/RequestId' } };

type Said = Pick<Answer, 'schema' | 'headers' | 'isText'> & Example;

export const success = (description: string, answer: Said | null): Schema => ({
  description,
  headers: { ...HEADERS, ...answer?.headers },
  ...(answer && { content: contentOf(answer) }),
});

function contentOf(said: Said): Schema {
  const { schema, isText } = said;
  const example = 'examples' in said ? { examples: said.examples } : { example: said.example };
  return isText ? { [PLAIN]: { schema, ...example } } : inJson(schema, example);
}

/** What every route may refuse. */
const ALWAYS: readonly ErrorKind[] = ['invalid', 'backend', 'unavailable'];
const WITH_BODY: readonly ErrorKind[] = ['unsupportedMediaType', 'tooLarge'];

/** By status, each by its name in the document. */
export function refusals({ path, isPublic, description: { refuses = [], asksCompute } }: ApiRoute, verb: Verb): Record<string, Schema> {
  const kinds: ErrorKind[] = [...ALWAYS, ...(writes(verb) ? WITH_BODY : []), ...refuses];
  // For want of a database those that change something are not sure of it.
  if (verb !== 'get') kinds.push('lost');
  // Whoever only asks what is spoken here is answered whatever version comes along.
  if (!isPublic) kinds.push('notAcceptable', 'forbidden'); // by its rule, whatever that is
  const faults = kinds.map((kind) => faultOf(kind, { method: verb.toUpperCase(), url: path }));
  return {
    // At /v3/ an older client names its user to get a token; the document of versions alone invites nobody.
    ...((!isPublic || path !== '/') && { 204: shared('Invitation') }),
    ...(!isPublic && { 401: shared('Unauthorized') }),
    // Nobody can tell who it is: so says the edge, of a call that may be repeated (504) too.
    ...(!isPublic && { 503: shared(nameOf(faultOf('unavailable', {}))) }),
    ...Object.fromEntries(faults.map((fault) => [String(fault.code), shared(nameOf(fault))])),
    ...(asksCompute && {
      401: shared('UnauthorizedHereOrByCompute'),
      '4XX': shared('RefusedByCompute'),
      '5XX': shared('RefusedByCompute'),
    }),
  };
}

const shared = (name: string): Schema => ({ $ref: `#/components/responses/${name}` });

export const writes = (verb: Verb): boolean => verb === 'post' || verb === 'put';

/** All that any route refuses, and what all of them may do. */
export function commonAnswers(): Record<string, Schema> {
  const faults = FAULT_KINDS.map((kind) => faultOf(kind, {}));
  return {
    Invitation: {
      description: 'There was no token (`noauth` alone): the headers name one, and where to use it.',
      headers: { ...HEADERS, 'X-Auth-Token': TOKEN_HEADER, 'X-Server-Management-Url': { required: true, schema: TEXT } },
    },
    Unauthorized: {
      description: 'There was no token that Keystone knows, or a service token that is none (`keystone` alone).',
      headers: { ...HEADERS, 'WWW-Authenticate': { required: true, description: 'Where to get one.', schema: TEXT } },
      content: { [JSON_MEDIA_TYPE]: { schema: UNAUTHORIZED, example: UNAUTHORIZED_BODY } },
    },
    UnauthorizedHereOrByCompute: {
      description: 'As everywhere, or compute does not know the token.',
      headers: HEADERS,
      content: { [JSON_MEDIA_TYPE]: { schema: { anyOf: [UNAUTHORIZED, OF_COMPUTE] }, example: UNAUTHORIZED_BODY } },
    },
    RefusedByCompute: {
      description: 'Compute was asked whether an instance uses it, and answered so: nothing was detached.',
      headers: HEADERS,
      content: { [JSON_MEDIA_TYPE]: { schema: OF_COMPUTE, example: { computeFault: { code: 418, message: DEFAULT_TEXT.invalid } } } },
    },
    ...Object.fromEntries(faults.map((fault) => [nameOf(fault), refusal(fault)])),
  };
}
const OF_COMPUTE: Schema = { ...mapOf(objectOf(null, { code: COUNT, message: TEXT })), minProperties: 1, maxProperties: 1 };
const UNAUTHORIZED = objectOf('Unauthorized', { error: objectOf(null, { code: { const: 401 }, title: TEXT, message: TEXT }) });
const TOKEN_HEADER: Schema = { description: 'A token that will do.', required: true, schema: TEXT };

const nameOf = ({ code, name }: Fault): string => `${name}${code}`;

const SECONDS = { description: 'Seconds until the caller may come back.', schema: COUNT };
/** A 504 has it for want of the database, and not at the wait limit. */
const RETRY_AFTER: Record<number, Schema> = { 503: { ...SECONDS, required: true }, 504: { ...SECONDS, required: false } };

/** The edge, which refuses a body that is too large and callers that nobody can tell, speaks plain text (spec: microversions-and-errors §6). */
const PLAIN_TOO = [413, 503];
function refusal(fault: Fault): Schema {
  const { code, name } = fault;
  const words = STATUS_CODES[code] ?? name;
  const schema = objectOf(`Fault${code}`, { [name]: objectOf(null, { code: { const: code }, message: TEXT }) });
  return {
    description: words,
    headers: { ...HEADERS, ...(code in RETRY_AFTER && { 'Retry-After': RETRY_AFTER[code] }) },
    content: {
      [JSON_MEDIA_TYPE]: { schema, example: faultBody(fault, `${words}.`) },
      ...(PLAIN_TOO.includes(code) && { [PLAIN]: { schema: TEXT, example: `${code} ${words}` } }),
    },
  };
}
