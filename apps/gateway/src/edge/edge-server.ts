import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DEFAULT_TEXT } from '@app/domain';
import type { GatewayConfig } from '../gateway.config.js';
import { faultBody, faultOf, RETRY_AFTER } from '../openstack/faults.js';
import { JSON_MEDIA_TYPE } from '../openstack/media-type.js';
import { Admission } from './admission.js';
import { Connections } from './connections.js';
import { Networks } from './networks.js';
import { refuseUnreadable } from './unreadable.js';
import { WayHere } from './way-here.js';

/** A client that sends its request byte by byte must not hold its place for ever, and not for long beyond what the limits say. */
const LOOK_FOR_LATE_EVERY_MS = 1_000;
const LOOK_FOR_IDLE_EVERY_MS = 50;
/** What is still not read by its caller so long after the last answer never will be. */
const LAST_ANSWER_MS = 2_000;

/** What operators and load balancers ask, most urgently when nobody else is let in. */
const ALWAYS = new Set(['/healthcheck', '/livez', '/readyz']);

/**
 * The server under Fastify: it refuses before anything is done for a request that there is no room for, at the price of reading it and
 * writing an answer that was made beforehand, and it ends without cutting off a request.
 */
export class EdgeServer {
  readonly admission: Admission;
  readonly way: WayHere;
  private readonly connections: Connections;
  private ending = false;

  constructor(private readonly config: GatewayConfig) {
    this.admission = new Admission(config);
    this.way = new WayHere(new Networks(config.TRUSTED_PROXIES));
    this.connections = new Connections(config.MAX_CONNECTIONS_PER_CLIENT, this.way);
  }

  /** For Fastify's `serverFactory`; it asks once for each address that is listened on. */
  serve(handle: RequestListener): Server {
    const { HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_CONNECTIONS } = this.config;
    const limits = {
      keepAliveTimeout: KEEP_ALIVE_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS),
      connectionsCheckingInterval: LOOK_FOR_LATE_EVERY_MS,
      // Node's own refusal has neither a body nor a request id.
      requireHostHeader: false,
    };
    const server = createServer(limits, (request, response) => this.receive(request, response, handle));
    // Nobody has to do what is expected of him; Node would refuse, without an id.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => this.receive(request, response, handle));
    server.maxConnections = MAX_CONNECTIONS;
    // `close` would call it, and cut off whoever is just writing his next request; `emptied` does it with patience.
    server.closeIdleConnections = () => undefined;
    this.connections.watch(server);
    return server;
  }

  /** For Fastify's `clientErrorHandler`: what came is no request, or not in time. */
  unreadable(error: Error, socket: Socket): void {
    refuseUnreadable(error, socket, this.connections.isAtWork(socket));
  }

  get draining(): boolean {
    return this.ending;
  }

  /** From here on every answer asks its caller to go elsewhere with the next request. */
  drain(): void {
    this.ending = true;
  }

  /** Closes connections as they come to rest while `closing` goes on, and in the end those whose callers do not read. */
  async emptied(closing: Promise<void>): Promise<void> {
    const { DRAIN_MS, DRAIN_DELAY_MS } = this.config;
    const idle = setInterval(() => this.connections.closeIdle(DRAIN_DELAY_MS), LOOK_FOR_IDLE_EVERY_MS);
    const late = setTimeout(() => this.connections.closeAll(), Math.max(0, DRAIN_MS - DRAIN_DELAY_MS) + LAST_ANSWER_MS);
    this.connections.closeIdle(DRAIN_DELAY_MS);
    await closing.finally(() => {
      clearInterval(idle);
      clearTimeout(late);
    });
  }

  private receive(request: IncomingMessage, response: ServerResponse, handle: RequestListener): void {
    const { socket } = request;
    this.way.forget(request);
    this.connections.begins(request);
    response.once('close', () => {
      this.connections.ends(socket);
      // Answered. Otherwise its caller has gone, and it leaves when the work for him has ended.
      if (response.headersSent) this.admission.leaves(request);
    });
    if (isAlwaysAnswered(request) || this.admission.enters(request)) return handle(request, response);
    this.refuse(request, response);
  }

  private refuse(request: IncomingMessage, response: ServerResponse): void {
    const { code, name } = faultOf('unavailable', request);
    const body = (BODIES[code] ??= Buffer.from(JSON.stringify(faultBody({ code, name }, DEFAULT_TEXT.unavailable))));
    response.writeHead(code, {
      'Content-Type': JSON_MEDIA_TYPE,
      'Content-Length': body.length,
      'Retry-After': RETRY_AFTER,
      'X-Content-Type-Options': 'nosniff',
      'x-openstack-request-id': `req-${randomUUID()}`,
      ...(this.ending && { Connection: 'close' }),
    });
    response.end(body);
  }
}

const BODIES: Record<number, Buffer> = {};

export const isAlwaysAnswered = ({ url = '' }: IncomingMessage): boolean => ALWAYS.has(url.split('?', 1)[0] ?? '');
