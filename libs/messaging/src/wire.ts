import { type Bell, type Command, isCommand, type Trace } from './commands.js';

export const SCHEMA_VERSION = 1;
export const CONTENT_TYPE = 'application/json';
export const HEADER = { schema: 'x-schema', requestId: 'x-request-id', traceparent: 'traceparent' } as const;
/** `type` of a reply. It carries no answer: the row does. */
export const LOOK_NOW = 'look-now';

/** A bell is a few ids; whatever is larger is not one. */
const GREATEST_BODY = 16_384;
/** What an id is made of; no column holds a NUL, and no id of ours has a blank. */
const ID = /^[!-~]{1,255}$/;

/** One message, whichever transport carries it: the properties of AMQP 0-9-1 that are used, and JSON text. */
export interface WireMessage {
  type?: string;
  messageId?: string;
  correlationId?: string;
  replyTo?: string;
  headers: Record<string, unknown>;
  body: string;
}

/** No second delivery would make it readable: it goes to the dead letters. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

export function writeBell(command: Command, bell: Bell, trace: Trace): WireMessage {
  return {
    type: command,
    messageId: bell.operationId,
    headers: {
      [HEADER.schema]: SCHEMA_VERSION,
      [HEADER.requestId]: trace.requestId,
      ...(trace.traceparent !== undefined && { [HEADER.traceparent]: trace.traceparent }),
    },
    body: JSON.stringify({
      operation_id: bell.operationId,
      volume_id: bell.volumeId,
      attachment_id: bell.attachmentId,
      backend: bell.backend,
    }),
  };
}

/** @throws UnreadableMessage, with what was expected and what came. */
export function readBell(message: WireMessage): { command: Command; bell: Bell } {
  const schema = message.headers[HEADER.schema];
  if (schema !== SCHEMA_VERSION) throw new UnreadableMessage(`${HEADER.schema} must be ${SCHEMA_VERSION}, not ${shown(schema)}`);
  if (!isCommand(message.type)) throw new UnreadableMessage(`type ${shown(message.type)} is no command`);
  const body = objectIn(message.body);
  const command = message.type;
  return {
    command,
    bell: {
      operationId: idIn(body, 'operation_id'),
      volumeId: idIn(body, 'volume_id'),
      attachmentId: command.startsWith('attachment.') ? idIn(body, 'attachment_id') : idOrNullIn(body, 'attachment_id'),
      backend: idOrNullIn(body, 'backend'),
    },
  };
}

/** The reply to a bell: "look at your operation now", whatever came of it (design §3, rule 1). */
export function lookNow({ messageId, correlationId }: WireMessage): WireMessage {
  return { type: LOOK_NOW, messageId, correlationId, headers: { [HEADER.schema]: SCHEMA_VERSION }, body: '{}' };
}

function objectIn(text: string): Record<string, unknown> {
  if (text.length > GREATEST_BODY) throw new UnreadableMessage(`a body of ${text.length} characters is no bell`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UnreadableMessage('the body is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnreadableMessage('the body is not an object');
  return value as Record<string, unknown>;
}

function idIn(body: Record<string, unknown>, key: string): string {
  const id = body[key];
  if (typeof id !== 'string' || !ID.test(id)) throw new UnreadableMessage(`${key} must be an id, not ${shown(id)}`);
  return id;
}

const idOrNullIn = (body: Record<string, unknown>, key: string): string | null => (body[key] == null ? null : idIn(body, key));

/** Cut, since it comes from outside and goes to the log. */
const shown = (value: unknown): string => (typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'absent')).slice(0, 80);
