import type { Endpoint } from '@app/openstack';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Who a token stands for, before the request has its ids. */
export interface Identity {
  userId: string;
  /** Empty for a token that names no project: nothing belongs to it. */
  projectId: string;
  roles: readonly string[];
  /** Those of a valid service token. */
  serviceRoles: readonly string[];
  /** Who has it; null where there is none. */
  serviceUserId: string | null;
  /** There is a valid service token beside the user's. */
  isService: boolean;
  /** Where the user's catalog has compute; empty where there is none. */
  compute: readonly Endpoint[];
  /** It is a token of the whole system. */
  isOfSystem: boolean;
  /** Its project is the one of administrators, or there is no such project. */
  isAdminProject: boolean;
}

/** How callers are known; what a header says of itself beside its token is never believed. */
export interface Authentication {
  /** Null: nobody who may come in. @throws KeystoneUnavailable when nobody can tell */
  identify(request: FastifyRequest): Identity | null | Promise<Identity | null>;
  /** Says in the log whether callers can be known; nothing waits for it. Never rejects. */
  prove(): Promise<void>;
  /** The answer to nobody. */
  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply;
  close(): Promise<void>;
}
