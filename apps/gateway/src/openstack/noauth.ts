import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication, Identity } from './authentication.js';
import { endpointOf } from './links.js';
import { TEXT_MEDIA_TYPE } from './media-type.js';

const ADMIN = 'admin';
/** Keystone's default for SERVICE_TOKEN_ROLES. */
const SERVICE = 'service';
const LESSER = [ADMIN, 'member', 'reader'];

/** The token's word is taken for everything, so it listens on loopback only. */
export class NoAuth implements Authentication {
  constructor(private readonly publicEndpoint: string | undefined) {}

  identify({ headers }: FastifyRequest): Identity | null {
    return identify(headers);
  }

  async prove(): Promise<void> {}

  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const url = `${endpointOf(request, this.publicEndpoint)}${request.originalUrl}`;
    return reply.status(204).headers(invitation(request.headers, url)).header('Content-Type', TEXT_MEDIA_TYPE).send();
  }

  async close(): Promise<void> {}
}

/** Null: no token. */
export function identify(headers: IncomingHttpHeaders): Identity | null {
  const token = headers['x-auth-token'];
  if (typeof token !== 'string' || token === '') return null;
  const serviceToken = headers['x-service-token'];
  const { userId, projectId, roles } = parseToken(token);
  const service = typeof serviceToken === 'string' && serviceToken !== '' ? parseToken(serviceToken) : null;
  const isService = service?.roles.includes(SERVICE) ?? false;
  return {
    userId,
    projectId,
    roles: withImplied(roles),
    // One that is no service's is as good as none: by Keystone it would be refused.
    serviceRoles: isService && service ? service.roles : [],
    serviceUserId: isService && service ? service.userId : null,
    isService,
    isOfSystem: false,
    isAdminProject: true,
    compute: [],
  };
}

/** A role brings the lesser ones along, as Keystone's do. */
function withImplied(roles: readonly string[]): readonly string[] {
  const greatest = LESSER.findIndex((role) => roles.includes(role));
  return greatest === -1 ? roles : [...new Set([...roles, ...LESSER.slice(greatest)])];
}

/** `user[:project[:role,role…]]`: the project defaults to the user, and without a third part it is an administrator, as with Cinder. */
export function parseToken(token: string): Pick<Identity, 'userId' | 'projectId' | 'roles'> {
  const [userId = '', projectId = '', ...rest] = token.split(':');
  const roles =
    rest.length === 0
      ? [ADMIN]
      : rest
          .join(':')
          .split(',')
          .map((role) => role.trim())
          .filter(Boolean);
  return { userId, projectId: projectId || userId, roles };
}

/** What a caller without a token is told: a token to use, and where (spec: microversions-and-errors §4). */
export function invitation(headers: IncomingHttpHeaders, url: string): Record<string, string> {
  const userId = named(headers['x-auth-user']);
  const projectId = named(headers['x-auth-project-id']);
  const [path = ''] = url.split('?', 1);
  return { 'X-Auth-Token': `${userId}:${projectId}`, 'X-Server-Management-Url': `${path.replace(/\/+$/, '')}/${projectId}` };
}

const named = (header: string | string[] | undefined) => (typeof header === 'string' && header !== '' ? header : ADMIN);
