import type { FastifyRequest } from 'fastify';

export interface Link {
  rel: string;
  href: string;
  type?: string;
}

/** Where clients reach us, without a slash at its end: as configured, else as the request came, through a proxy or not (spec: microversions-and-errors §1, §7). */
export function endpointOf(request: FastifyRequest, publicEndpoint: string | undefined): string {
  if (publicEndpoint !== undefined) return publicEndpoint.replace(/\/+$/, '');
  const host = forwarded(request, 'x-forwarded-host') ?? request.headers.host ?? 'localhost';
  return `${forwarded(request, 'x-forwarded-proto') ?? request.protocol}://${host}`;
}

function forwarded(request: FastifyRequest, name: string): string | undefined {
  const header = request.headers[name];
  const [nearest] = (Array.isArray(header) ? header[0] : header)?.split(',') ?? [];
  return nearest?.trim() || undefined;
}
