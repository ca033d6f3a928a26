import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_TEXT, ServiceError, told } from '@app/domain';
import { faultBody, faultOf, ForeignFault, RETRY_AFTER } from './faults.js';
import { JSON_MEDIA_TYPE } from './media-type.js';
import { ROUTE_NOT_FOUND, sendPlain, tooLarge } from './plain-fault.js';

/** The one place where an error becomes an answer. An error that nobody meant to throw is logged whole and told to no caller. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  private readonly logger = new Logger(FaultFilter.name);

  constructor(private readonly maxBody: number) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return this.logger.error('failed after it was answered', told(error));
    if (error instanceof ServiceError) return this.refuse(request, reply, error);
    if (error instanceof ForeignFault) return this.passOn(reply, error);
    this.answerOthers(request, reply, error);
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, error: ServiceError): void {
    const fault = faultOf(error.kind, request);
    if (fault.code >= 500) this.logger.error(`answers ${fault.code}: ${error.message}`, told(error));
    if (error.kind === 'unavailable') void reply.header('Retry-After', RETRY_AFTER);
    void reply.status(fault.code).header('Content-Type', JSON_MEDIA_TYPE).send(faultBody(fault, error.message));
  }

  private passOn(reply: FastifyReply, error: ForeignFault): void {
    this.logger.error(`answers ${error.code}`, told(error));
    if (error.code === 503) void reply.header('Retry-After', RETRY_AFTER);
    void reply.status(error.code).header('Content-Type', JSON_MEDIA_TYPE).send(faultBody(error.fault, error.message));
  }

  private answerOthers(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    // Its body broke off: its caller has gone, or what came was no HTTP any more.
    const status = request.raw.errored === error ? 400 : statusOf(error);
    if (status === 404) return void sendPlain(request, reply, ROUTE_NOT_FOUND);
    if (status === 413) return void sendPlain(request, reply, tooLarge(this.maxBody));
    if (status === 415) return this.refuse(request, reply, new ServiceError('unsupportedMediaType', 'Unsupported Content-Type'));
    if (status !== null && status < 500) return this.refuse(request, reply, new ServiceError('invalid', DEFAULT_TEXT.invalid));
    this.refuse(request, reply, new ServiceError('backend', DEFAULT_TEXT.backend, { cause: error }));
  }
}

/** What the router (Nest) and the server (Fastify) refuse by themselves; null for an error of ours. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const { code, statusCode } = error as Partial<FastifyError>;
  return typeof code === 'string' && code.startsWith('FST_ERR_') && statusCode !== undefined ? statusCode : null;
}
