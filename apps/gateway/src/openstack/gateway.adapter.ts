import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EdgeServer } from '../edge/edge-server.js';
import type { GatewayConfig } from '../gateway.config.js';
import { JSON_MEDIA_TYPE, successMediaType, TEXT_MEDIA_TYPE } from './media-type.js';
import { identify, invitation } from './noauth.js';
import { endpointOf } from './links.js';
import { ROUTE_NOT_FOUND, sendPlain, tooLarge } from './plain-fault.js';
import { freshContext } from './request-context.js';
import { RequestLog } from './request-log.js';
import { isBareVersion, urlRewriter } from './request-url.js';

const REQUEST_ID = 'x-openstack-request-id';
const INBOUND_ID = /^req-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/;

/** Fastify with everything taken out that the wire forbids, and what every answer has put in (spec: microversions-and-errors §6, §7). */
export class GatewayAdapter extends FastifyAdapter {
  readonly edge: EdgeServer;
  private readonly log = new RequestLog();

  constructor(private readonly config: GatewayConfig) {
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
      frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) =>
        void sendPlain(request, reply.header(REQUEST_ID, request.id), ROUTE_NOT_FOUND),
    });
    this.edge = edge;
    const fastify = this.getInstance();
    // One parser for every type: what a body may be is the guard's to say, after the checks that come before.
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    fastify.decorateRequest('openstack');
    fastify.addHook('onRequest', (request, reply, done) => this.receive(request, reply, done));
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

  override close(): Promise<void> {
    return this.edge.emptied(super.close());
  }

  private receive(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (Number(request.headers['content-length']) > this.config.MAX_REQUEST_BODY_SIZE) {
      return void sendPlain(request, reply, tooLarge(this.config.MAX_REQUEST_BODY_SIZE));
    }
    const identity = identify(request.headers);
    if (!identity && needsToken(request)) return void this.invite(request, reply);
    if (request.method === 'GET' && isBareVersion(request.originalUrl)) return void this.leadToVersions(request, reply);
    const { [REQUEST_ID]: inbound } = request.headers;
    const globalRequestId = typeof inbound === 'string' && INBOUND_ID.test(inbound) ? inbound : null;
    request.openstack = freshContext(identity && { ...identity, requestId: request.id, globalRequestId });
    done();
  }

  /** To a whole URL: the library under the SDK and the command lines takes it as it is. */
  private leadToVersions(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const location = `${endpointOf(request, this.config.PUBLIC_ENDPOINT)}/v3/`;
    return reply.status(302).headers({ Location: location, 'Content-Type': TEXT_MEDIA_TYPE }).send('');
  }

  private invite(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const url = `${endpointOf(request, this.config.PUBLIC_ENDPOINT)}${request.originalUrl}`;
    return reply.status(204).headers(invitation(request.headers, url)).header('Content-Type', TEXT_MEDIA_TYPE).send();
  }

  private finish(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
    this.edge.admission.leaves(request.raw);
    void reply.header(REQUEST_ID, request.id);
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

/** Openstacksdk reads what we speak before it sends its token; who names a user in its place is an older client, and wants to be told one. */
function needsToken({ method, url, headers }: FastifyRequest): boolean {
  if (url.startsWith('/v3/')) return true;
  return (url === '/v3' || url.startsWith('/v3?')) && (method !== 'GET' || headers['x-auth-user'] !== undefined);
}
