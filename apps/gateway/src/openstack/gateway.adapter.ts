import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_TEXT, type ErrorKind } from '@app/domain';
import { KeystoneUnavailable } from '@app/openstack';
import { inLogContext } from '@app/platform';
import { Logger } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EdgeServer, isAlwaysAnswered } from '../edge/edge-server.js';
import type { GatewayConfig } from '../gateway.config.js';
import type { Authentication, Identity } from './authentication.js';
import { endpointOf } from './links.js';
import { isMediaType, JSON_MEDIA_TYPE, successMediaType, TEXT_MEDIA_TYPE } from './media-type.js';
import { IDENTITY_AWAY, ROUTE_NOT_FOUND, sendPlain, tooLarge } from './plain-fault.js';
import { faultBody, faultOf, RETRY_AFTER } from './faults.js';
import { freshContext, type RequestContext } from './request-context.js';
import { RequestLog } from './request-log.js';
import { isBareVersion, urlRewriter } from './request-url.js';

const REQUEST_ID = 'x-openstack-request-id';
const INBOUND_ID = /^req-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/;

/** Fastify with everything taken out that the wire forbids, and what every answer has put in (spec: microversions-and-errors §6, §7). */
export class GatewayAdapter extends FastifyAdapter {
  readonly edge: EdgeServer;
  private readonly log: RequestLog;
  private readonly ownLogger = new Logger(GatewayAdapter.name);

  constructor(
    private readonly config: GatewayConfig,
    private readonly authentication: Authentication,
  ) {
    const edge = new EdgeServer(config);
    super({
      serverFactory: (handle: RequestListener) => edge.serve(handle),
      rewriteUrl: urlRewriter(config.PROJECT_ID_REGEX),
      genReqId: () => `req-${randomUUID()}`,
      bodyLimit: config.MAX_REQUEST_BODY_SIZE,
      exposeHeadRoutes: false,
      // A drained process still answers what comes in on an open connection, and then closes it.
      return503OnClosing: false,
      routerOptions: { maxParamLength: 65_536, ignoreTrailingSlash: false },
      clientErrorHandler: (error, socket) => edge.unreadable(error, socket),
      frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) =>
        void sendPlain(request, reply.header(REQUEST_ID, request.id), ROUTE_NOT_FOUND),
    });
    this.edge = edge;
    this.log = new RequestLog(edge.way);
    const fastify = this.getInstance();
    // One parser for every type: what a body may be is the guard's to say, after the checks that come before.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    fastify.decorateRequest('openstack');
    fastify.addHook('onRequest', (request, reply) => this.receive(request, reply));
    fastify.addHook('preValidation', (request, reply, done) => {
      if (this.edge.admission.arrives(request.raw)) done();
      else void refuseForNow(request, reply);
    });
    // After the body, whose events come from outside of every context.
    fastify.addHook('preValidation', (request, _reply, done) => this.log.open(request, done));
    fastify.addHook('onSend', (request, reply, payload, done) => done(null, this.finish(request, reply, payload)));
    fastify.addHook('onResponse', (request, reply, done) => this.log.answered(request, reply, done));
  }

  /** Nest's own parsers would stand in the way of ours. */
  override registerParserMiddleware(): void {}

  /** Nest waits for it before anything else ends: for a while all is still served, and every answer says that its connection will not be. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- Nest awaits what its own adapters answer at once
  override async beforeClose(): Promise<void> {
    this.edge.drain();
    super.beforeClose();
    await pause(this.config.DRAIN_DELAY_MS);
  }

  override async close(): Promise<void> {
    await this.edge.emptied(super.close());
    await this.authentication.close();
  }

  /** Once it listens: a service that nobody can come in to should say so before the first caller does. */
  proveIdentity(): void {
    void this.authentication.prove();
  }

  /** Whoever is answered here goes no further. */
  private async receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | void> {
    if (Number(request.headers['content-length']) > this.config.MAX_REQUEST_BODY_SIZE) {
      return sendPlain(request, reply, tooLarge(this.config.MAX_REQUEST_BODY_SIZE));
    }
    if (!namesItsHost(request.raw))
      return refuse(request, reply.header('Connection', 'close'), 'invalid', 'A request names its host once.');
    hideNonsense(request.raw.headers);
    if (isAlwaysAnswered(request.raw)) return void (request.openstack = freshContext(null));
    const identity = await this.identify(request);
    // Its caller has gone meanwhile. No more is heard of it, so nothing else would ever say that it has left.
    if (request.raw.destroyed) return this.forget(request, reply);
    if (identity === undefined) return sendPlain(request, reply.header('Retry-After', RETRY_AFTER), IDENTITY_AWAY);
    if (!identity && needsToken(request)) return this.authentication.refuse(request, reply);
    if (request.method === 'GET' && isBareVersion(request.originalUrl)) return this.leadToVersions(request, reply);
    const { [REQUEST_ID]: inbound } = request.headers;
    const globalRequestId = typeof inbound === 'string' && INBOUND_ID.test(inbound) ? inbound : null;
    this.edge.admission.awaitsBody(request.raw);
    if (!identity) return void (request.openstack = freshContext(null));
    if (!this.edge.admission.entersAs(identity.projectId, request.raw)) return refuseForNow(request, reply);
    const { isOfSystem, isAdminProject, compute, ...who } = identity;
    // Who is an administrator is for policy to say.
    request.openstack = freshContext(
      { ...who, isAdmin: false, requestId: request.id, globalRequestId },
      { isOfSystem, isAdminProject, compute },
    );
  }

  private forget(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    this.edge.admission.leaves(request.raw);
    return reply.hijack();
  }

  /** Undefined: nobody can say who it is. */
  private async identify(request: FastifyRequest): Promise<Identity | null | undefined> {
    try {
      return await this.authentication.identify(request);
    } catch (error) {
      if (!(error instanceof KeystoneUnavailable)) throw error;
      inLogContext({ request_id: request.id }, () => this.ownLogger.error(`tokens cannot be checked: ${error.message}`));
      return needsToken(request) ? undefined : null;
    }
  }

  /** To a whole URL: the library under the SDK and the command lines takes it as it is. */
  private leadToVersions(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const location = `${endpointOf(request, this.config.PUBLIC_ENDPOINT)}/v3/`;
    return reply.status(302).headers({ Location: location, 'Content-Type': TEXT_MEDIA_TYPE }).send('');
  }

  private finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    this.edge.admission.leaves(request.raw);
    void reply.header(REQUEST_ID, request.id).header('X-Content-Type-Options', 'nosniff');
    // What is said to one caller, credentials among it, is for nobody to keep on the way.
    if (callerOf(request)) void reply.header('Cache-Control', 'no-store');
    if (this.edge.draining) void reply.header('Connection', 'close');
    const type = reply.getHeader('content-type');
    if (type === undefined || (typeof type === 'string' && type.startsWith(JSON_MEDIA_TYPE))) {
      void reply.header('Content-Type', reply.statusCode < 400 ? successMediaType(request.headers.accept) : JSON_MEDIA_TYPE);
    }
    // Fastify leaves the length out of a 204, Cinder says it.
    if (reply.statusCode === 204) void reply.header('Content-Length', '0');
    return payload;
  }
}

/** Fastify would refuse what is no media type before our guard has its turn, and where no body is looked at, too. */
function hideNonsense(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'];
  if (type !== undefined && !isMediaType(type)) headers['content-type'] = 'application/octet-stream';
}

/** Node keeps the first of several and says nothing of the others; a proxy before us may go by another (RFC 9112 §3.2). */
function namesItsHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const times = rawHeaders.filter((name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length;
  return times === 1 || (times === 0 && httpVersion === '1.0');
}

/** Whoever was turned away at once has no context. */
const callerOf = ({ openstack }: { openstack?: RequestContext }) => openstack?.caller;

const refuseForNow = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  refuse(request, reply.header('Retry-After', RETRY_AFTER), 'unavailable', DEFAULT_TEXT.unavailable);

function refuse(request: FastifyRequest, reply: FastifyReply, kind: ErrorKind, text: string): FastifyReply {
  const fault = faultOf(kind, request);
  return reply.status(fault.code).send(faultBody(fault, text));
}

/** Openstacksdk reads what we speak before it sends its token; who names a user in its place is an older client, and wants to be told one. */
function needsToken({ method, url, headers }: FastifyRequest): boolean {
  if (url.startsWith('/v3/')) return true;
  return (url === '/v3' || url.startsWith('/v3?')) && (method !== 'GET' || headers['x-auth-user'] !== undefined);
}
