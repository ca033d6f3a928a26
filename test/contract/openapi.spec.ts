import { openApiDocument, type OpenApiDocument } from '../../apps/gateway/src/openapi/openapi';
import { CONTROLLERS } from '../../apps/gateway/src/gateway.module';
import { microversion } from '../../apps/gateway/src/openstack/microversion';
import { DocumentCheck, type Exchange } from '../support/document-check';
import { documentCheck } from '../support/documented';
import { aConnector, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => (world = await startWorld()), 120_000);
afterAll(() => world.stop());

const WITHOUT_TOKEN = { 'X-Auth-Token': null };

it.each([
  ['', '3.71'],
  ['?microversion=3.44', '3.44'],
  ['?microversion=latest', '3.71'],
])('/openapi.json%s needs no token, and is the API at %s', async (query, version) => {
  const { status, headers, body } = await world.request('GET', `/openapi.json${query}`, undefined, WITHOUT_TOKEN);

  expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(body).toMatchObject({ openapi: '3.1.0', info: { version } });
  expect(body.paths).toHaveProperty(['/v3/attachments/{id}', 'put']);
});

it.each(['2.0', '3.999', 'nonsense', '3.44 x'])('there is no document for %s', async (asked) => {
  const answer = await world.request('GET', `/openapi.json?microversion=${encodeURIComponent(asked)}`, undefined, WITHOUT_TOKEN);

  expect([400, 406]).toContain(answer.status);
});

it('/docs is a page for people, without a token and without a script', async () => {
  const { status, headers, text } = await world.request('GET', '/docs?microversion=3.44', undefined, WITHOUT_TOKEN);

  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(text).toContain('/v3/attachments/{id}');
});

/** A document that says something else than the gateway does. */
function lying(change: (document: OpenApiDocument) => void): DocumentCheck {
  const document = JSON.parse(JSON.stringify(openApiDocument(CONTROLLERS, microversion('3.44')))) as OpenApiDocument;
  change(document);
  return new DocumentCheck(document);
}

/** A list and its answer, asked like this. */
async function aList(query: string): Promise<Exchange> {
  const path = `/v3/attachments${query}`;
  return { method: 'GET', path, body: undefined, answer: await world.request('GET', path) };
}

/** An update and its answer, as they went over the wire. */
async function anUpdate(): Promise<Exchange> {
  const { id } = await world.reservedAttachment();
  const [path, body] = [`/v3/attachments/${id}`, { attachment: { connector: aConnector() } }];
  return { method: 'PUT', path, body, answer: await world.request('PUT', path, body) };
}

it('whoever asks by a test is told where the document says otherwise', async () => {
  const check = jest.spyOn(documentCheck(microversion('3.44')), 'faultOf').mockReturnValueOnce('a lie');

  await expect(world.request('GET', '/v3/attachments')).rejects.toThrow('GET /v3/attachments at 3.44 is not as /openapi.json says: a lie');
  expect(check).toHaveBeenCalledTimes(1);
  check.mockRestore();
});

it('a 204 that names no token and no place for it is no invitation', async () => {
  const listed = await aList('');
  const headers = new Headers({ 'x-openstack-request-id': 'req-1', 'X-Auth-Token': 'admin:admin' });
  const empty: Exchange = { ...listed, answer: { status: 204, headers, body: '', text: '' } };

  expect(lying(() => undefined).faultOf(empty)).toBe('the header X-Server-Management-Url is missing');
  expect(lying(() => undefined).faultAsStray({ ...empty, path: '/v3/nothing' })).toBe('the header X-Server-Management-Url is missing');
});

it('an id that is none is no answer', async () => {
  const updated = await anUpdate();
  const body = { attachment: { ...(updated.answer.body as { attachment: object }).attachment, id: 'one' } };

  expect(lying(() => undefined).faultOf({ ...updated, answer: { ...updated.answer, body } })).toContain('must match pattern');
});

it('a list may be asked for more rows than there can be', async () => {
  expect((await world.request('GET', '/v3/attachments?limit=9999999999')).status).toBe(200);
});

describe('given a document that lies, the check of all answers sees it', () => {
  type Attachment = { properties: Record<string, object>; required: string[] };
  const successOf = (document: OpenApiDocument) =>
    (document.paths['/v3/attachments/{id}']?.put?.responses as Record<string, object>)['200'] ?? {};
  const attachment = (document: OpenApiDocument) => document.components.schemas.Attachment as unknown as Attachment;

  it('and says nothing where it does not', async () => {
    expect(lying(() => undefined).faultOf(await anUpdate())).toBeNull();
  });

  it.each<[string, (document: OpenApiDocument) => void, string]>([
    ['of a key that is there', (document) => delete attachment(document).properties.attach_mode, 'must NOT have additional properties'],
    ['of a key that is not', (document) => attachment(document).required.push('links'), "must have required property 'links'"],
    [
      'of a status',
      (document) => delete (document.paths['/v3/attachments/{id}']?.put?.responses as Record<string, object>)['200'],
      'status 200',
    ],
    [
      'of a word',
      (document) => Object.assign(attachment(document).properties, { status: { const: 'attached' } }),
      'must be equal to constant',
    ],
    [
      'of what a request must hold',
      (document) => Object.assign(document.components.schemas, { ConnectedBy: { type: 'object', required: ['mode'] } }),
      'the body was accepted, and by the document it is not',
    ],
    [
      'of a header',
      (document) => Object.assign(successOf(document), { headers: { 'X-Not-There': { required: true } } }),
      'the header X-Not-There is missing',
    ],
    ['of a path', (document) => delete document.paths['/v3/attachments/{id}'], 'there is no such operation'],
  ])('%s', async (_what, change, seen) => {
    expect(lying(change).faultOf(await anUpdate())).toContain(seen);
  });

  it('of what a list can be asked', async () => {
    const asked = await aList('?limit=3&limit=no&status=reserved');
    const limit = (schema: object) =>
      lying((document) => {
        const parameters = document.paths['/v3/attachments']?.get?.parameters as { name?: string }[];
        Object.assign(parameters.find(({ name }) => name === 'limit') ?? {}, { schema });
      });

    expect(limit({ type: 'integer', minimum: 3 }).faultOf(asked)).toBeNull();
    expect(limit({ type: 'integer', maximum: 2 }).faultOf(asked)).toContain('limit=3 was accepted, and by the document it is not');
  });

  it('of what an action answers beside its body', async () => {
    const volume = await world.volume();
    const [path, body] = [`/v3/volumes/${volume}/action`, { 'os-reserve': null }];
    const answer = await world.request('POST', path, body);
    const check = lying((document) => {
      const responses = document.paths['/v3/volumes/{id}/action']?.post?.responses as Record<string, object>;
      Object.assign(responses['202'] ?? {}, { headers: { 'X-Not-There': { required: true } } });
    });

    expect(check.faultOf({ method: 'POST', path, body, answer })).toContain('the header X-Not-There is missing');
  });

  it('of what a request may leave out', async () => {
    const { id } = await world.reservedAttachment();
    const [path, body] = [`/v3/attachments/${id}`, { attachment: {} }];
    const exchange = { method: 'PUT', path, body, answer: await world.request('PUT', path, body) };

    const check = lying((document) => delete (document.components.schemas.ConnectedBy as { required?: string[] }).required);

    expect(check.faultOf(exchange)).toContain('by the document it is right');
  });
});
