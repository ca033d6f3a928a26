import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_TEXT, ServiceError } from '@app/domain';
import { type ActionTable, ACTIONS, namedAction } from './actions.js';
import { defaultRefusal, parseBody, readableBody } from './body-gate.js';
import {
  isAtLeast,
  isBetween,
  MAX_VERSION,
  type Microversion,
  negotiate,
  VERSION_HEADER,
  VERSION_RANGE,
  type VersionRange,
} from './microversion.js';
import type { RequestContext } from './request-context.js';
import { projectInUrl } from './request-url.js';

const COMPUTE_REQUEST_ID = 'x-compute-request-id';
export const PUBLIC = Symbol('asks for no token');

/** For the version document, which clients read before they have a token. */
export const Public = () => SetMetadata(PUBLIC, true);
export const isPublic = (reflector: Reflector, context: ExecutionContext): boolean =>
  reflector.get<boolean | undefined>(PUBLIC, context.getHandler()) ?? false;

/** What Cinder checks before it looks at a body's members, in Cinder's order (spec: microversions-and-errors §3). */
@Injectable()
export class ApiGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { openstack } = request;

    const isForAll = isPublic(this.reflector, context);
    // The edge has already turned away callers without a token; this holds even for a path that it did not recognise.
    if (!openstack.caller && !isForAll) throw unauthenticated();
    openstack.version = negotiated(request, http.getResponse<FastifyReply>(), isForAll);
    this.readBody(context, request);
    refuseOtherProject(request, openstack);
    refuseUnstorable(request);
    return true;
  }

  private readBody(context: ExecutionContext, request: FastifyRequest): void {
    const { openstack } = request;
    const raw =
      request.method === 'POST' || request.method === 'PUT' ? readableBody(request.body, request.headers['content-type']) : undefined;
    const actions = this.reflector.get<ActionTable | undefined>(ACTIONS, context.getHandler());
    if (!actions) this.refuseOtherVersions(context, openstack.version);

    openstack.body = raw && parseBody(raw);
    if (!actions) return;
    openstack.action = namedAction(actions, openstack.body);
    refuseUnless(isBetween(openstack.version, actions.get(openstack.action) ?? MAX_VERSION, MAX_VERSION));
  }

  private refuseOtherVersions(context: ExecutionContext, version: Microversion): void {
    const range = this.reflector.getAllAndOverride<VersionRange | undefined>(VERSION_RANGE, [context.getHandler(), context.getClass()]);
    refuseUnless(!range || (isAtLeast(version, range.min) && isAtLeast(range.max, version)));
  }
}

/** Whoever only asks what we speak cannot know it yet, so there a header that we refuse elsewhere is as good as none. */
function negotiated(request: FastifyRequest, reply: FastifyReply, onlyAsks: boolean): Microversion {
  const header = request.headers[VERSION_HEADER.toLowerCase()];
  const asked = negotiate(Array.isArray(header) ? header.join(',') : header);
  const { version, echo, refusal } = asked.refusal && onlyAsks ? negotiate(undefined) : asked;
  if (request.openstack.caller) void reply.header(COMPUTE_REQUEST_ID, request.id);
  if (echo !== null) void reply.header(VERSION_HEADER, `volume ${echo}`).header('Vary', VERSION_HEADER);
  if (refusal) throw refusal;
  return version;
}

/** Also for administrators, and for another spelling of the same id (spec: microversions-and-errors §3). */
function refuseOtherProject(request: FastifyRequest, { caller }: RequestContext): void {
  const project = projectInUrl(request.raw);
  if (project !== null && project !== caller?.projectId) throw new ServiceError('invalid', 'Malformed request url');
}

/** No column holds a NUL, so nothing can be found by one; a database would answer with an error of its own. */
function refuseUnstorable({ url }: FastifyRequest): void {
  const nul = url.indexOf('%00');
  if (nul === -1) return;
  const query = url.indexOf('?');
  throw query !== -1 && query < nul ? defaultRefusal() : resourceNotFound();
}

const unauthenticated = () => new ServiceError('unauthorized', 'The request you have made requires authentication.');

function refuseUnless(exists: boolean): void {
  if (!exists) throw resourceNotFound();
}

export const resourceNotFound = () => new ServiceError('notFound', DEFAULT_TEXT.notFound);
