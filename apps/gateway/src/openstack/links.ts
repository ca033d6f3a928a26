import type { FastifyRequest } from 'fastify';
import { projectPath } from './request-url.js';

export interface Link {
  rel: string;
  href: string;
  type?: string;
}

/** What links begin with. */
export interface Place {
  endpoint: string;
  /** `/<project id>` as links name it; empty where no route would take the id. */
  project: string;
}

interface PlaceConfig {
  PUBLIC_ENDPOINT?: string;
  PROJECT_ID_REGEX: string;
}

export const placeOf = (request: FastifyRequest, projectId: string, { PUBLIC_ENDPOINT, PROJECT_ID_REGEX }: PlaceConfig): Place => ({
  endpoint: endpointOf(request, PUBLIC_ENDPOINT),
  project: projectPath(projectId, PROJECT_ID_REGEX),
});

/** The two links of one thing. */
export const linksTo = (path: string, { endpoint, project }: Place): Link[] => [
  { rel: 'self', href: `${endpoint}/v3${project}/${path}` },
  { rel: 'bookmark', href: `${endpoint}${project}/${path}` },
];

/** The way to the rest of a list (spec: volumes-surface §2); none once a page is short. */
export function nextLink(
  path: string,
  query: Record<string, unknown>,
  page: { id: string }[],
  { limit, project, endpoint }: Place & { limit: number },
): Link[] {
  const last = page.at(-1);
  if (!last || page.length < limit) return [];
  // The marker already stands behind what the offset has skipped.
  const others = Object.entries(query).filter(([key]) => key !== 'marker' && key !== 'offset');
  const words = new URLSearchParams(
    others.flatMap(([key, value]) => [value].flat().map((item) => [key, String(item)] as [string, string])),
  );
  words.append('marker', last.id);
  return [{ rel: 'next', href: `${endpoint}/v3${project}/${path}?${words.toString()}` }];
}

/** Where clients reach us, without a slash at its end: as configured, else as the request came, through a proxy or not (spec: microversions-and-errors §1, §7). */
export function endpointOf(request: FastifyRequest, publicEndpoint: string | undefined): string {
  if (publicEndpoint !== undefined) return publicEndpoint.replace(/\/+$/, '');
  const host = forwarded(request, 'x-forwarded-host', HOST) ?? (HOST.test(request.headers.host ?? '') ? request.headers.host : 'localhost');
  return `${forwarded(request, 'x-forwarded-proto', /^https?$/) ?? request.protocol}://${host}`;
}

/** A name or an address, with a port or without: anything else would be more of the link than its host. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function forwarded(request: FastifyRequest, name: string, form: RegExp): string | undefined {
  const header = request.headers[name];
  // The last word is the nearest proxy's own; what stands before it may be the client's.
  const nearest = [header ?? []].flat().join().split(',').at(-1);
  const word = nearest?.trim() ?? '';
  return form.test(word) ? word : undefined;
}
