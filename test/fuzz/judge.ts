import { documented } from '../support/documented';
import type { Heard } from './conversation';

/** Something that no request may bring about. */
export interface Finding {
  n: number;
  what: string;
  plan: string;
}

/** What the contract has for a server that is short of something, and must say so in these words. */
const NAMED_5XX: Record<number, RegExp> = {
  // A connector that the backend cannot use, in Cinder's words and with its status (spec: attachments-api §6.3, §7).
  500: /^Unable to (create|update) attachment for volume \(.*Connector doesn't have required information: |^Unable to fetch connection information from backend|^Unable to terminate volume connection: Invalid input received: Connector/,
  503: /^The server is currently unavailable\. Please try again at a later time\.$/,
  504: /^The server is currently unavailable|repeat the request to join it/,
};

/** What the server itself refuses before there is a request, in text. */
const NO_REQUEST = [400, 408, 413, 414, 417, 431];
const REQUEST_ID = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Sent {
  method: string;
  path: string;
  version: string | null;
  body: Buffer | null;
}

/** What is wrong with an answer to what was sent; null: nothing. */
export function faultOf(sent: Sent, heard: Heard): string | null {
  return serverFault(heard) ?? headerFault(heard) ?? documentFault(sent, heard);
}

/** The same of an answer to what may be no request at all. */
export function faultOfAny(heard: Heard): string | null {
  if (heard.status >= 400 && !NO_REQUEST.includes(heard.status) && ![401, 403, 404, 406, 409, 415, 503].includes(heard.status))
    return `nothing answers ${heard.status}`;
  return serverFault(heard) ?? headerFault(heard) ?? (isJson(heard) && bodyOf(heard) === undefined ? 'no JSON' : null);
}

/** One of the named ones, as `503 serviceUnavailable`; null: it is none. */
export function named5xx({ status, text }: Heard): string | null {
  if (status < 500) return null;
  const fault = Object.entries((bodyOf({ status, text } as Heard) ?? {}) as Record<string, { message?: string }>)[0];
  return NAMED_5XX[status]?.test(fault?.[1]?.message ?? '') ? `${status} ${fault?.[0]}` : null;
}

const serverFault = (heard: Heard): string | null =>
  heard.status >= 500 && named5xx(heard) === null ? `${heard.status}, which the contract does not name: ${heard.text.slice(0, 300)}` : null;

function headerFault({ headers }: Heard): string | null {
  if (!REQUEST_ID.test(headers.get('x-openstack-request-id') ?? '')) return 'no request id';
  return headers.has('x-powered-by') || headers.has('server') ? 'it says what it is made of' : null;
}

function documentFault({ method, path, version, body }: Sent, heard: Heard): string | null {
  const isInvited = heard.headers.has('x-server-management-url');
  if (method === 'HEAD') return heard.status < 300 && !isInvited && !PROBES.test(path) ? `HEAD answers ${heard.status}` : null;
  if (([413, 431].includes(heard.status) || isOddPath(path)) && isPlain(heard)) return null;
  if (heard.status === 300 && isRoot(path)) return null; // whatever the method (spec: microversions-and-errors §1)
  const answer = { status: heard.status, headers: heard.headers, text: heard.text, body: isJson(heard) ? bodyOf(heard) : heard.text };
  try {
    documented(version, { method, path: plain(path), body: isInvited ? undefined : (body ?? undefined), answer });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const PROBES = /^\/(?:healthcheck|livez|readyz)\b/;
const isRoot = (path: string): boolean => /^\/+([?#]|$)/.test(path);
/** A letter may be written by its number, and what follows a `#` is not for servers. */
const plain = (path: string): string =>
  path.replace(/%(?:2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/gi, (code) => decodeURIComponent(code)).replace(/#.*| +$/, '');

/** What no template of the document describes: a path that is no text, or has a blank in it, or what carries a body where none is looked at. */
const isOddPath = (path: string): boolean => /%(?![0-9a-f]{2})|%[89a-f]|[^!-~]/i.test(path);
const isPlain = ({ status, headers }: Heard): boolean =>
  [400, 404, 413, 431].includes(status) && headers.get('content-type') === 'text/plain; charset=UTF-8';

const isJson = ({ headers, text }: Heard): boolean => text !== '' && (headers.get('content-type')?.includes('json') ?? false);

export function bodyOf({ text }: Heard): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
