import type { IncomingMessage } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { OpenApiDocument } from '../../apps/gateway/src/openapi/openapi';
import { urlRewriter } from '../../apps/gateway/src/openstack/request-url';

/** A request as it was sent, and what came back. */
export interface Exchange {
  method: string;
  path: string;
  body: unknown;
  answer: { status: number; headers: Headers; body: unknown; text: string };
}

interface Content {
  [mediaType: string]: { schema: object };
}
interface Response {
  $ref?: string;
  content?: Content;
  headers?: Record<string, { $ref?: string; required?: boolean }>;
}
interface Action {
  status: string;
  request: object;
  answer?: object;
}
interface Parameter {
  name?: string;
  in?: string;
  schema?: { type?: unknown };
}
interface Operation {
  parameters: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, Response>;
  'x-actions'?: Record<string, Action>;
}

const canonical = urlRewriter('[0-9a-f\\-]+');
/** The names that JSON goes out by where nothing is refused. */
const SUCCESSES = ['application/json', 'application/vnd.openstack.volume+json'];
/** How the gateway words what a schema refuses. */
const SCHEMA_WORDS = /^Invalid input for field\/attribute |is a required property$|^Additional properties are not allowed/;

/** Holds what goes over the wire against one OpenAPI document. */
export class DocumentCheck {
  /** Whether its schemas are schemas is the linter's to see. */
  private readonly ajv = new Ajv2020({
    validateSchema: false,
    strictTypes: false,
    strictRequired: false,
    validateFormats: false,
    allErrors: true,
  });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly templates: { pattern: RegExp; item: Record<string, object> }[];

  constructor(private readonly document: OpenApiDocument) {
    this.ajv.addSchema({ $id: 'api', $defs: inDefinitions(document.components.schemas) });
    const paths = Object.entries(document.paths).sort(([a], [b]) => parameters(a) - parameters(b));
    this.templates = paths.map(([path, item]) => ({ pattern: patternOf(path), item }));
  }

  /** What the document does not know of the exchange; null: it is as it says. */
  faultOf(exchange: Exchange): string | null {
    const operation = this.operationFor(exchange);
    if (!operation) return 'there is no such operation';
    return this.answerFault(operation, exchange) ?? this.queryFault(operation, exchange) ?? this.requestFault(operation, exchange);
  }

  /** The same of an exchange that the document has no operation for: it must be refused, in the words of every refusal. */
  faultAsStray({ answer }: Exchange): string | null {
    const { status, headers, body } = answer;
    const contentType = headers.get('content-type');
    if (status === 204) return this.headerFault(this.resolved({ $ref: 'Invitation' }).headers ?? {}, answer);
    if (status < 400) return status === 302 ? null : `there is no such operation, and it answers ${status}`;
    if (contentType?.startsWith('application/json') !== true) return status === 404 || status === 413 ? null : `${status} is no text`;
    return this.schemaFault({ $ref: `#/components/schemas/Fault${status}` }, body);
  }

  /** Whether there is an operation for it, at this microversion. */
  knows(exchange: Exchange): boolean {
    return this.operationFor(exchange) !== undefined;
  }

  /** What is wrong with a value by a schema of the document; null: nothing. */
  schemaFault(schema: object, value: unknown): string | null {
    const key = JSON.stringify(schema);
    const validate = this.validators.get(key) ?? this.ajv.compile(inDefinitions(schema));
    this.validators.set(key, validate);
    return validate(value) ? null : this.ajv.errorsText(validate.errors, { dataVar: '' });
  }

  private operationFor({ method, path }: Exchange): Operation | undefined {
    const url = pathOf(method, path);
    const found = this.templates.find(({ pattern, item }) => pattern.test(url) && method.toLowerCase() in item);
    return found?.item[method.toLowerCase()] as Operation | undefined;
  }

  private answerFault(operation: Operation, { answer, body }: Exchange): string | null {
    const response = operation.responses[answer.status] ?? operation.responses[`${String(answer.status)[0]}XX`];
    if (!response) return `status ${answer.status} is none of ${Object.keys(operation.responses).join(', ')}`;
    const { headers = {}, content } = this.resolved(response);
    const action = actionOf(operation, body);
    const isSuccess = answer.status < 400 && answer.status !== 204;
    const ofBody = action && isSuccess ? this.actionFault(action, answer) : this.bodyFault(content, answer);
    return this.headerFault(headers, answer) ?? ofBody;
  }

  private headerFault(said: NonNullable<Response['headers']>, { headers }: Exchange['answer']): string | null {
    const shared = this.document.components.headers as Record<string, { required?: boolean }>;
    const missing = Object.entries(said).filter(([name, { $ref, required }]) => {
      const isRequired = required ?? shared[$ref?.split('/').at(-1) ?? '']?.required;
      return isRequired && !headers.has(name);
    });
    return missing.length === 0 ? null : `the header ${missing.map(([name]) => name).join(', ')} is missing`;
  }

  private actionFault({ status, answer: schema }: Action, answer: Exchange['answer']): string | null {
    if (String(answer.status) !== status) return `status ${answer.status} is not that of the action, ${status}`;
    return this.bodyFault(schema && Object.fromEntries(SUCCESSES.map((name) => [name, { schema }])), answer);
  }

  private bodyFault(content: Content | undefined, { headers, body, text }: Exchange['answer']): string | null {
    if (!content) return text === '' ? null : `there is a body, ${text}`;
    const mediaType = headers.get('content-type')?.split(';', 1)[0] ?? 'nothing';
    const said = content[mediaType];
    if (!said) return `the content type ${mediaType} is none of ${Object.keys(content).join(', ')}`;
    return this.schemaFault(said.schema, mediaType.endsWith('json') ? body : text);
  }

  /** The first of several values counts. */
  private queryFault(operation: Operation, { path, answer }: Exchange): string | null {
    if (!isDone(operation, answer)) return null;
    const query = new URLSearchParams(path.split('?').slice(1).join('?'));
    for (const { name = '', in: place, schema = {} } of operation.parameters) {
      const value = place === 'query' ? query.get(name) : null;
      const fault = value === null ? null : this.schemaFault(schema, schema.type === 'integer' ? integerOf(value) : value);
      if (fault !== null) return `${name}=${value} was accepted, and by the document it is not: ${fault}`;
    }
    return null;
  }

  /** What was done was asked for as the document says, and what was refused for its form the document refuses too. */
  private requestFault(operation: Operation, { body, answer }: Exchange): string | null {
    const schema = actionOf(operation, body)?.request ?? Object.values(operation.requestBody?.content ?? {})[0]?.schema;
    const sent = jsonOf(body);
    if (!schema || sent === undefined) return null;
    const fault = this.schemaFault(schema, sent);
    if (isDone(operation, answer) && fault !== null) return `the body was accepted, and by the document it is not: ${fault}`;
    const { message } = (answer.body as { badRequest?: { message?: string } } | null)?.badRequest ?? {};
    const isRefused = message !== undefined && SCHEMA_WORDS.test(message);
    return isRefused && fault === null ? `the body was refused (${message}), and by the document it is right` : null;
  }

  private resolved(response: Response): Response {
    const name = response.$ref?.split('/').at(-1);
    return name === undefined ? response : (this.document.components.responses[name] as Response);
  }
}

const parameters = (path: string): number => path.split('{').length;
const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);

/** Without project, query and format; with the slash of `/v3/`, which the edge takes away. */
function pathOf(method: string, path: string): string {
  const [sent = ''] = path.split('?', 1);
  return sent === '/v3/' ? sent : canonical({ method, url: sent } as IncomingMessage);
}

function actionOf(operation: Operation, body: unknown): Action | undefined {
  const sent = jsonOf(body);
  const [name = ''] = Object.keys(sent !== null && typeof sent === 'object' ? sent : {});
  return operation['x-actions']?.[name];
}

/** Neither refused nor turned away with an invitation. */
const isDone = ({ responses }: Operation, { status }: Exchange['answer']): boolean => status < 400 && responses[status]?.$ref === undefined;

const integerOf = (text: string): number | string => (/^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : text);

/** As it went over the wire. Undefined: there is none, or it is no JSON. */
function jsonOf(body: unknown): unknown {
  if (body === undefined) return undefined;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  try {
    return JSON.parse(isRaw ? Buffer.from(body).toString() : JSON.stringify(body)) as unknown;
  } catch {
    return undefined;
  }
}

const inDefinitions = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"api#/$defs/')) as object;
