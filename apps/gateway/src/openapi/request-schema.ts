import { memberSchema } from '../openstack/member-schema.js';
import { type BodyClass, shapeOf } from '../openstack/request-body.js';
import type { Schema } from './schema.js';

/** What a body of this class must be, made of the rules that its members stand under. */
export function requestSchema(type: BodyClass): Schema {
  const { members, required, strict } = shapeOf(type);
  const properties = [...members].map(([key, inner]): [string, Schema] => [
    key,
    { ...(inner && requestSchema(inner)), ...memberSchema(type.prototype as object, key) },
  ]);
  return {
    title: type.name,
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(strict && { additionalProperties: false }),
  };
}
