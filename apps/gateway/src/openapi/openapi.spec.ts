import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Controller, Get, Patch, Put } from '@nestjs/common';
import { CONTROLLERS } from '../gateway.module.js';
import { MAX_VERSION, microversion } from '../openstack/microversion.js';
import { RequestBody } from '../openstack/request-body.js';
import { UpdateVolume } from '../volumes/volume.requests.js';
import { Describes } from './describes.js';
import { docsPage } from './docs-page.js';
import { openApiDocument } from './openapi.js';

const at = (version: string) => openApiDocument(CONTROLLERS, microversion(version));
const operation = (version: string, path: string, verb: string) => at(version).paths[path]?.[verb];

interface WithExamples {
  content: Record<string, { examples?: Record<string, { value: unknown }> }>;
}
interface ActionRoute {
  requestBody: WithExamples;
  responses: Record<string, WithExamples>;
  'x-actions': Record<string, object>;
}

function exampleOf(verb: string, path: string, status: string) {
  const responses = operation('3.71', path, verb)?.responses as Record<string, { content: Record<string, { example: unknown }> }>;
  return responses[status]?.content['application/json']?.example;
}

/** One of each kind: between two of them nothing changes but the number. */
function everyDocument() {
  const all = Array.from({ length: MAX_VERSION.minor + 1 }, (_, minor) => openApiDocument(CONTROLLERS, { ...MAX_VERSION, minor }));
  const withoutNumber = all.map((document) => JSON.stringify({ ...document, info: null }));
  return all.filter((_, i) => withoutNumber[i] !== withoutNumber[i - 1]);
}

it('the documents of all microversions satisfy a linter, their examples too', () => {
  const documents = everyDocument();
  const linter = join(__dirname, '../../../../test/support/lint-openapi.mjs');

  const { stdout, stderr } = spawnSync(process.execPath, [linter], {
    input: documents.map((document) => JSON.stringify(document)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([]);
  expect(documents.length).toBeGreaterThan(12);
}, 120_000);

it.each([
  ['get', '/v3/attachments', '3.26', '3.27'],
  ['post', '/v3/attachments/{id}/action', '3.43', '3.44'],
  ['get', '/v3/volumes/summary', '3.11', '3.12'],
  ['get', '/v3/resource_filters', '3.32', '3.33'],
])('%s %s is not there at %s, and is at %s', (verb, path, before, since) => {
  expect(operation(before, path, verb)).toBeUndefined();
  expect(operation(since, path, verb)).toBeDefined();
});

it.each([
  ['3.53', 'CreateAttachment'],
  ['3.54', 'CreateAttachmentWithMode'],
])('at %s the body of a create is a %s', (version, title) => {
  const { schemas } = at(version).components;

  expect(operation(version, '/v3/attachments', 'post')).toMatchObject({
    requestBody: { content: { 'application/json': { schema: { $ref: `#/components/schemas/${title}` } } } },
  });
  expect(schemas[title]).toMatchObject({ required: ['attachment'], additionalProperties: false });
});

it('a body is ruled by the rules of its class, and by no second list', () => {
  const { schemas } = at('3.54').components;

  expect(schemas.NewAttachmentWithMode).toEqual({
    title: 'NewAttachmentWithMode',
    type: 'object',
    properties: {
      mode: { type: 'string', enum: ['rw', 'ro'] },
      instance_uuid: { type: 'string', pattern: expect.any(String) as string },
      connector: { type: ['object', 'null'] },
      volume_uuid: { type: 'string', pattern: expect.any(String) as string },
    },
    required: ['volume_uuid'],
    additionalProperties: false,
  });
  expect(schemas.ConnectedBy).toMatchObject({
    properties: { connector: { type: 'object', minProperties: 1, required: ['host'] } },
    required: ['connector'],
  });
});

it('members that a class ignores are not forbidden, and are from the microversion on that refuses them', () => {
  expect(at('3.52').components.schemas.NewVolume).not.toHaveProperty('additionalProperties');
  expect(at('3.53').components.schemas.NewStrictVolume).toMatchObject({ additionalProperties: false });
});

it('a route that nobody has described stops the document', () => {
  @Controller('v3/forgotten')
  @Describes({})
  class ForgottenController {
    @Get()
    list() {
      return [];
    }
  }

  expect(() => openApiDocument([ForgottenController], MAX_VERSION)).toThrow('ForgottenController.list is not described');
});

it('so does a route of a method that no document knows', () => {
  @Controller('v3/patched')
  @Describes({ change: { summary: 'Change it', answer: null } })
  class PatchedController {
    @Patch()
    change() {
      return [];
    }
  }

  expect(() => openApiDocument([PatchedController], MAX_VERSION)).toThrow('PatchedController.change is of a method (PATCH)');
});

it.each([
  ['/', false],
  ['/v3/', false],
  ['/v3/attachments', true],
])('who asks %s for what is spoken here is refused no version; elsewhere it is: %p', (path, isRefused) => {
  expect('406' in (operation('3.71', path, 'get')?.responses as object)).toBe(isRefused);
});

it('who is refused for want of room or of the database is told when to come back', () => {
  const { responses } = at('3.71').components;

  expect(responses.serviceUnavailable503).toMatchObject({ headers: { 'Retry-After': { required: true } } });
  expect(responses.computeFault504).toMatchObject({ headers: { 'Retry-After': { required: false } } });
});

it('a summary can be filtered and is never paged', () => {
  const parameters = operation('3.71', '/v3/volumes/summary', 'get')?.parameters as { name?: string }[];
  const names = parameters.map(({ name }) => name);

  expect(names).toEqual(expect.arrayContaining(['status', 'all_tenants']));
  expect(names.filter((name) => /limit|marker|offset|sort/.test(name ?? ''))).toEqual([]);
});

it.each([
  ['/v3/attachments', '200', { attachment: { status: 'reserved', attach_mode: 'null', attached_at: '', connection_info: {} } }],
  ['/v3/volumes', '202', { volume: { status: 'creating', updated_at: null, attachments: [] } }],
])('the example answer of a POST to %s is what the example request brings about', (path, status, expected) => {
  expect(exampleOf('post', path, status)).toMatchObject(expected);
});

it('the example of what a delete leaves does not list what was deleted', () => {
  const { attachment } = exampleOf('get', '/v3/attachments/{id}', '200') as { attachment: { id: string } };
  const { attachments } = exampleOf('delete', '/v3/attachments/{id}', '200') as { attachments: { id: string; volume_id: string }[] };

  expect(attachments.map(({ id }) => id)).not.toContain(attachment.id);
});

it('every action has its example where a linter and a generator look for it, and every answer of one', () => {
  const { requestBody, responses, 'x-actions': actions } = operation('3.71', '/v3/volumes/{id}/action', 'post') as unknown as ActionRoute;

  const examples = requestBody.content['application/json']?.examples ?? {};
  expect(Object.keys(examples)).toEqual(Object.keys(actions));
  expect(examples['os-extend']).toEqual({ value: { 'os-extend': { new_size: 2 } } });
  expect(Object.keys(responses['200']?.content['application/json']?.examples ?? {})).toEqual([
    'os-initialize_connection',
    'os-migrate_volume_completion',
  ]);
  expect(JSON.stringify(actions)).not.toContain('"example"');
});

it('a body without an example stops the document', () => {
  @Controller('v3/plain')
  @Describes({ change: { summary: 'Change it', answer: null } })
  class PlainController {
    @Put()
    change(@RequestBody(UpdateVolume) body: UpdateVolume) {
      return body;
    }
  }

  expect(() => openApiDocument([PlainController], MAX_VERSION)).toThrow('Plain_change takes a body, and has no example of one');
});

it('the page for people has every operation, every schema, and nothing from elsewhere', () => {
  const document = at('3.71');
  const page = docsPage(document);

  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => String(operationId)));
  expect(ids.filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  expect(Object.keys(document.components.schemas).filter((name) => !page.includes(`id="schema-${name}"`))).toEqual([]);
  expect(page).toContain('"new_size": 2');
  expect(page).toMatch(/<h2>How to call<\/h2>.*<code>OpenStack-API-Version<\/code>.*<code>X-Auth-Token<\/code>/s);
  expect(page.match(/<td><code>OpenStack-API-Version<\/code><\/td><td>header<\/td>/g)).toHaveLength(ids.length);
  expect(page).not.toMatch(/<script|<link|<img|(?:src|href)="https?:/);
});
