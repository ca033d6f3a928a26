import { isAtLeast, type Microversion, microversion, VERSION_HEADER } from '../openstack/microversion.js';
import { type Example, inJson, refusals, success, writes } from './answers.js';
import type { ApiRoute, Verb } from './api-routes.js';
import type { ActionDescription, Parameter } from './describes.js';
import { requestSchema } from './request-schema.js';
import { at, objectOf, type Schema, TEXT } from './schema.js';

/** One operation of the document, as it is at a microversion. */
export function operationOf(route: ApiRoute, verb: Verb, version: Microversion): Schema {
  const { id, verbs, path, isPublic, description } = route;
  const actions = actionsAt(route, version);
  const { query = [], headers = [] } = description;
  const said = [...namedParameters('query', query, version), ...namedParameters('header', headers, version)];
  return {
    operationId: verbs.length === 1 ? id : `${id}_${verb}`,
    summary: description.summary,
    ...(description.description !== undefined && { description: description.description }),
    tags: [tagOf(path)],
    ...(isPublic && { security: [] }),
    parameters: [...pathParameters(path), ...said, { $ref: '#/components/parameters/Microversion' }],
    ...(writes(verb) && requestOf(route, version, actions)),
    responses: { ...refusals(route, verb), ...successes(route, version, actions) },
    ...(actions.length > 0 && { 'x-actions': Object.fromEntries(actions.map(([name, action]) => [name, actionEntry(name, action)])) }),
  };
}

/** The resource that a path is about: its first word behind the version. */
export const tagOf = (path: string): string => path.split('/')[2] || 'versions';

type NamedAction = [name: string, action: ActionDescription];

function actionsAt({ actions, description, id }: ApiRoute, version: Microversion): NamedAction[] {
  const known = [...(actions ?? [])].filter(([, since]) => isAtLeast(version, since));
  return known.map(([name]) => {
    const action = description.actions?.[name];
    if (!action) throw new TypeError(`${id} does not describe its action ${name}`);
    return [name, action];
  });
}

const actionEntry = (name: string, { summary, status, answer, body, orNull }: ActionDescription): Schema => ({
  summary,
  request: actionSchema(name, { body, orNull }),
  status: String(status),
  ...(answer && { answer: answer.schema }),
});

function actionSchema(name: string, { body, orNull }: Pick<ActionDescription, 'body' | 'orNull'>): Schema {
  const schema = body ? requestSchema(body) : objectOf(name, { [name]: {} });
  const member = (schema.properties as Record<string, Schema>)[name];
  return orNull ? { ...schema, properties: { [name]: { anyOf: [member, { type: 'null' }] } } } : schema;
}

const pathParameters = (path: string): Schema[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: TEXT }));

const namedParameters = (place: 'query' | 'header', known: readonly Parameter[], version: Microversion): Schema[] =>
  known
    .filter(({ since = '3.0' }) => isAtLeast(version, microversion(since)))
    .map(({ name, description, schema = TEXT }) => ({ name, in: place, description, schema }));

function requestOf({ id, bodies, description: { request } }: ApiRoute, version: Microversion, actions: NamedAction[]): Schema {
  const content = (schema: Schema, example: Example) => ({ requestBody: { required: true, content: inJson(schema, example) } });
  if (actions.length > 0) {
    const examples = Object.fromEntries(actions.map(([name, { example }]) => [name, { value: { [name]: example } }]));
    return content(oneOf(actions.map(([name, action]) => actionSchema(name, action))), { examples });
  }
  const schema = request?.schema ?? (bodies && requestSchema(bodies.at(version)));
  if (!schema) return {};
  if (!request) throw new TypeError(`${id} takes a body, and has no example of one`);
  return content(schema, { example: request.example });
}

const oneOf = (schemas: Schema[]): Schema => (schemas.length === 1 && schemas[0] ? schemas[0] : { oneOf: schemas });

function successes({ status, description: { answer } }: ApiRoute, version: Microversion, actions: NamedAction[]): Record<string, Schema> {
  if (actions.length === 0) return { [status]: success(answer ? 'Done' : 'Done or begun; without a body', answer && at(answer, version)) };
  const statuses = [...new Set(actions.map(([, action]) => action.status))];
  return Object.fromEntries(statuses.map((code) => [code, actionSuccess(code, actions)]));
}

/** What the actions of one status answer; which of them says what is in `x-actions`. */
function actionSuccess(status: number, actions: NamedAction[]): Schema {
  const named = actions.filter(([, action]) => action.status === status);
  const answers = named.flatMap(([name, { answer }]) => (answer ? [{ name, ...answer }] : []));
  const description = named.map(([name, { answer }]) => `\`${name}\`${answer ? '' : ' (no body)'}`).join(', ');
  if (answers.length === 0) return success(description, null);
  const examples = Object.fromEntries(answers.map(({ name, example }) => [name, { value: example }]));
  return success(description, { schema: oneOf(answers.map(({ schema }) => schema)), examples });
}

export const VERSION_PARAMETER: Schema = {
  name: VERSION_HEADER,
  in: 'header',
  description: 'The microversion that the call is made at: `volume 3.44`, or `volume latest`. Without it: 3.0.',
  schema: TEXT,
  example: 'volume 3.44',
};
