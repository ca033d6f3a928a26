import { CONTROLLERS } from '../../apps/gateway/src/gateway.module';
import { openApiDocument, type OpenApiDocument } from '../../apps/gateway/src/openapi/openapi';
import { microversion } from '../../apps/gateway/src/openstack/microversion';

export interface JsonSchema {
  [keyword: string]: unknown;
}

/** One thing that can be asked: a route, or one action of it. */
export interface Target {
  /** `PUT /v3/attachments/{id}`, `POST /v3/volumes/{id}/action os-extend` */
  name: string;
  method: string;
  path: string;
  schema: JsonSchema | null;
  example: unknown;
  query: { name: string; schema: JsonSchema }[];
}

/** As text, as bytes, or as a text so many times. */
export type Body = { text: string } | { hex: string } | { repeated: string; times: number } | null;

/** Those at which something changes, and the first and the last. */
export const VERSIONS = ['3.0', '3.26', '3.27', '3.31', '3.34', '3.44', '3.50', '3.54', '3.63', '3.71'];

interface Described {
  parameters: { name?: string; in?: string; schema?: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema; example?: unknown; examples?: Record<string, { value: unknown }> }> };
  'x-actions'?: Record<string, { request: JsonSchema }>;
}

/** What the document of a microversion says can be asked, and its schemas by name. */
export function apiAt(version: string): { targets: Target[]; schemas: Record<string, JsonSchema> } {
  const document = openApiDocument(CONTROLLERS, microversion(version));
  return { targets: targetsIn(document), schemas: document.components.schemas };
}

const targetsIn = ({ paths }: OpenApiDocument): Target[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([verb, operation]) => targetsOf(verb.toUpperCase(), path, operation as unknown as Described)),
  );

function targetsOf(method: string, path: string, { parameters, requestBody, 'x-actions': actions }: Described): Target[] {
  const content = requestBody?.content['application/json'];
  const query = parameters.flatMap(({ name, in: place, schema = {} }) => (place === 'query' && name ? [{ name, schema }] : []));
  const whole = { name: `${method} ${path}`, method, path, query };
  if (!actions) return [{ ...whole, schema: content?.schema ?? null, example: content?.example }];
  return Object.entries(actions).map(([action, { request }]) => ({
    ...whole,
    name: `${whole.name} ${action}`,
    schema: request,
    example: content?.examples?.[action]?.value,
  }));
}
