import { healthPath, inLogContext, type LogContext } from '@app/platform';
import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WayHere } from '../edge/way-here.js';

/** One line for each answered request, and the context of all lines that are logged on the way to it. */
export class RequestLog {
  private readonly logger = new Logger('Api');

  constructor(private readonly way: WayHere) {}

  /** From here on whatever is logged belongs to this request. */
  open(request: FastifyRequest, done: () => void): void {
    const context = contextOf(request);
    Object.assign(context, subjectOf(request));
    inLogContext(context, done);
  }

  /** Without the query, which may hold what callers filter by. Whoever probes every second is not told of. */
  answered(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    if (healthPath(request.url) === null) {
      const [path = ''] = request.originalUrl.split('?', 1);
      const { method } = request;
      const { statusCode: status } = reply;
      const ms = Math.round(reply.elapsedTime * 10) / 10;
      const client = this.way.clientOf(request.raw);
      inLogContext(contextOf(request), () => this.logger.log({ message: `${method} ${path} ${status}`, method, path, status, ms, client }));
    }
    done();
  }
}

/** A request that the edge turned away at once has nothing but its id. */
const contextOf = ({ openstack, id }: FastifyRequest): LogContext => {
  const context = (openstack as FastifyRequest['openstack'] | undefined)?.log ?? {};
  context.request_id ??= id;
  return context;
};

function subjectOf({ params, routeOptions: { url = '' } }: FastifyRequest): LogContext {
  const { id } = params as { id?: string };
  if (id === undefined) return {};
  if (url.startsWith('/v3/attachments/')) return { attachment_id: id };
  return url.startsWith('/v3/volumes/') ? { volume_id: id } : {};
}
