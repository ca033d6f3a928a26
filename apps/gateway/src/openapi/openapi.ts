import type { Type } from '@nestjs/common';
import { MAX_VERSION, MIN_VERSION, type Microversion, printed } from '../openstack/microversion.js';
import { isPlainObject } from '../openstack/rules.js';
import { commonAnswers } from './answers.js';
import { type ApiRoute, existsAt, routesOf } from './api-routes.js';
import { operationOf, tagOf, VERSION_PARAMETER } from './operation.js';
import { type Schema, TEXT } from './schema.js';

export interface OpenApiDocument extends Schema {
  paths: Record<string, Record<string, Schema>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Schema> } & Schema;
}

/** The API of these controllers as it is at a microversion, in OpenAPI 3.1 (decision 0024). */
export function openApiDocument(controllers: readonly Type[], version: Microversion): OpenApiDocument {
  const routes = routesOf(controllers).filter((route) => existsAt(route, version));
  const schemas: Record<string, Schema> = {};
  const paths = hoisted(pathsOf(routes, version), schemas) as OpenApiDocument['paths'];
  const responses = hoisted(usedIn(paths, commonAnswers()), schemas) as Record<string, Schema>;
  return {
    openapi: '3.1.0',
    info: { title: 'Mooring', version: printed(version), description: ABOUT, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'This gateway' }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ path }) => tagOf(path)))].map((name) => ({ name, description: TAGS[name] ?? name })),
    paths,
    components: { schemas, responses, parameters: { Microversion: VERSION_PARAMETER }, headers: HEADERS, securitySchemes: SECURITY },
  };
}

const ABOUT =
  `OpenStack's Block Storage API as far as attachments need it. Microversions ${printed(MIN_VERSION)} to ${printed(MAX_VERSION)}: this document is one of them. ` +
  'Every path may also name the project of the token: `/v3/{project_id}/attachments` is `/v3/attachments`.';

const TAGS: Record<string, string> = {
  versions: 'How clients find out what is spoken here',
  attachments: 'What connects volumes with instances and hosts',
  volumes: 'Volumes as far as an attachment needs them',
  types: 'Volume types, how their volumes are encrypted, and what they can do',
  'qos-specs': 'What the users of a type’s volumes are promised',
  limits: 'What a project may have and has',
  resource_filters: 'By what lists can be filtered',
};

const HEADERS: Record<string, Schema> = {
  RequestId: { description: '`req-` and a UUID: the name of the request in the logs.', required: true, schema: TEXT },
};
const SECURITY: Record<string, Schema> = {
  token: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Auth-Token',
    description: 'The token of the caller. The documents of versions are there without one.',
  },
};

function pathsOf(routes: readonly ApiRoute[], version: Microversion): OpenApiDocument['paths'] {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const item = (paths[route.path] ??= {});
    for (const verb of route.verbs) item[verb] = operationOf(route, verb, version);
  }
  return paths;
}

/** A linter asks why something is there that nothing names. */
function usedIn(paths: object, responses: Record<string, Schema>): Record<string, Schema> {
  const text = JSON.stringify(paths);
  return Object.fromEntries(Object.entries(responses).filter(([name]) => text.includes(`"#/components/responses/${name}"`)));
}

/** Each schema with a title once, and a reference wherever it stood. @throws TypeError when two go by one title. */
function hoisted(value: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((item) => hoisted(item, schemas));
  if (!isPlainObject(value)) return value;
  const whole = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'example' || key === 'examples' ? item : hoisted(item, schemas)]),
  );
  const { title, type } = whole;
  if (typeof title !== 'string' || type === undefined) return whole;
  const known = (schemas[title] ??= whole);
  if (JSON.stringify(known) !== JSON.stringify(whole)) throw new TypeError(`two schemas go by the title ${title}`);
  return { $ref: `#/components/schemas/${title}` };
}
