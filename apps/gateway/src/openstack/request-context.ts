import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller as CallerFacts } from '@app/attachments';
import type { Endpoint } from '@app/openstack';
import type { LogContext } from '@app/platform';
import type { FastifyRequest } from 'fastify';
import type { May as MayOf } from '../policy/policy.parts.js';
import { MIN_VERSION, type Microversion } from './microversion.js';

/** What the edge knows of a request beside its path and body. */
export interface RequestContext {
  /** Null only where no token is asked for: the version document. */
  caller: CallerFacts | null;
  /** The token is one of the whole system. */
  isOfSystem: boolean;
  /** Its project is the one of administrators, or there is no such project. */
  isAdminProject: boolean;
  /** Where the caller's catalog has compute. */
  compute: readonly Endpoint[];
  version: Microversion;
  /** What policy says of parts of the call; nothing is allowed before it was asked about the whole. */
  may: MayOf;
  /** The parsed body of a POST or PUT; undefined where there was none. */
  body: unknown;
  /** The one key of an action's body. */
  action: string | null;
  /** What the lines of the log say that are about this request. */
  log: LogContext;
}

declare module 'fastify' {
  interface FastifyRequest {
    openstack: RequestContext;
  }
}

/** What is known of the token and is no part of the caller. */
export type OfToken = Pick<RequestContext, 'isOfSystem' | 'isAdminProject' | 'compute'>;

export const freshContext = (
  caller: CallerFacts | null,
  { isOfSystem, isAdminProject, compute }: OfToken = { isOfSystem: false, isAdminProject: true, compute: [] },
): RequestContext => ({
  caller,
  isOfSystem,
  isAdminProject,
  compute,
  version: MIN_VERSION,
  may: () => false,
  body: undefined,
  action: null,
  log: caller ? { request_id: caller.requestId, global_request_id: caller.globalRequestId ?? undefined, project_id: caller.projectId } : {},
});

/** Who asks. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerFacts => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>().openstack;
  if (!caller) throw new TypeError('a method that asks for its caller stands outside of /v3');
  return caller;
});

/** What the caller may do within this call. */
export const May = createParamDecorator(
  (_: unknown, context: ExecutionContext): MayOf => context.switchToHttp().getRequest<FastifyRequest>().openstack.may,
);

/** The microversion in force. */
export const Version = createParamDecorator(
  (_: unknown, context: ExecutionContext): Microversion => context.switchToHttp().getRequest<FastifyRequest>().openstack.version,
);

/** The name of the action, one of those that `@Actions` lists. */
export const ActionName = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null => context.switchToHttp().getRequest<FastifyRequest>().openstack.action,
);

/** The body as it was parsed, for what has no members with names of their own. */
export const Body = createParamDecorator(
  (_: unknown, context: ExecutionContext): unknown => context.switchToHttp().getRequest<FastifyRequest>().openstack.body,
);
