import type { IncomingMessage } from 'node:http';

/** What a path under /v3 may start with; no project goes by one of these names. */
const RESOURCES = new Set(['attachments', 'volumes', 'types', 'qos-specs', 'limits', 'resource_filters']);
const PREFIX = '/v3/';

const URL_PROJECT = Symbol('the project id in the URL');
type Rewritten = IncomingMessage & { [URL_PROJECT]?: string };

/** The project id that the URL names; null for the form without one. */
export const projectInUrl = (request: IncomingMessage): string | null => (request as Rewritten)[URL_PROJECT] ?? null;

/**
 * Makes one form of the three that clients write: `/v3/{project}/attachments…`, `/v3/attachments…` and `….json`
 * (spec: microversions-and-errors §3, attachments-api §1). What it does not know goes on as it is and finds no route.
 */
export function urlRewriter(projectIdRegex: string): (request: IncomingMessage) => string {
  const projectId = whole(projectIdRegex);
  return (request) => {
    const { path: written, query } = split(inOriginForm(request.url ?? '/'));
    const path = inPlainLetters(written);
    if (!path.startsWith(PREFIX)) return path + query;
    // Nest takes the two for one route; the edge redirects the one without the slash before it gets there.
    if (path === PREFIX) return `/v3${query}`;
    return withoutFormat(request.method, withoutProject(request, path, projectId)) + query;
  };
}

/** The part of a link that names the project: empty for an id that no route takes, as a noauth token's may be. */
export const projectPath = (projectId: string, projectIdRegex: string): string =>
  whole(projectIdRegex).test(projectId) ? `/${projectId}` : '';

const patterns = new Map<string, RegExp>();
function whole(regex: string): RegExp {
  const known = patterns.get(regex) ?? new RegExp(`^(?:${regex})$`);
  patterns.set(regex, known);
  return known;
}

function withoutProject(request: IncomingMessage, path: string, projectId: RegExp): string {
  const end = path.indexOf('/', PREFIX.length);
  if (end === -1 || end === path.length - 1) return path;
  const segment = path.slice(PREFIX.length, end);
  if (RESOURCES.has(segment) || !projectId.test(segment)) return path;
  (request as Rewritten)[URL_PROJECT] = segment;
  return `/v3${path.slice(end)}`;
}

function withoutFormat(method: string | undefined, path: string): string {
  return method === 'GET' && path.startsWith('/v3/attachments') && path.endsWith('.json') ? path.slice(0, -'.json'.length) : path;
}

/** `/v3` as the client wrote it, which is a redirect to `/v3/`. */
export const isBareVersion = (originalUrl: string): boolean => inPlainLetters(split(inOriginForm(originalUrl)).path) === '/v3';

/** A letter, digit or mark that needs no escape may have one, and is the same (RFC 3986 §2.3). */
const inPlainLetters = (path: string): string =>
  path.includes('%') ? path.replace(ESCAPED_PLAIN, (code) => decodeURIComponent(code)) : path;
const ESCAPED_PLAIN = /(?<!%)%(?:2[de]|3\d|[46][1-9a-f]|[57][\da]|5f|7e)/gi;

/** A proxy may write the whole URL into the request line. */
const inOriginForm = (url: string) => (url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, ''));

function split(url: string): { path: string; query: string } {
  const at = url.indexOf('?');
  return at === -1 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at) };
}
