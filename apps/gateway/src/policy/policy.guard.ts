import { AttachmentsService, type Caller, VolumesService } from '@app/attachments';
import { policyRefuses } from '@app/domain';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { isPublic, resourceNotFound } from '../openstack/api.guard.js';
import type { OfToken } from '../openstack/request-context.js';
import type { Owned } from './policy.parts.js';
import { type RuleName, RULES, type DeclaredRule, WITHOUT_A_RULE } from './policy.rules.js';
import { Policy, type Subject, type Target } from './policy.js';

/** Whom a rule could be about beside what the caller owns. */
const SOMEBODY_ELSE = { user_id: 'somebody else' };
const ELSEWHERE = { project_id: 'another project', ...SOMEBODY_ELSE };

/**
 * Asks the one rule of each route and action (decision 0026). What the rule is asked about is found only where its answer depends on that:
 * a rule that lets the caller do it to whatever the caller can find costs no look.
 */
@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(
    private readonly policy: Policy,
    private readonly attachments: AttachmentsService,
    private readonly volumes: VolumesService,
    private readonly reflector: Reflector,
  ) {}

  /** @throws forbidden; notFound for what the caller cannot find */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { openstack, params, routeOptions, method } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!openstack.caller || isPublic(this.reflector, context)) return true;
    const { caller, subject, own } = this.who(openstack.caller, openstack);
    openstack.caller = caller;
    openstack.may = (rule, of) => this.policy.allows(rule, subject, of ? targetOf(of) : own);
    const rule = ruleOf(method, routeOptions.url ?? '', openstack.action);
    if (rule === null) return true;

    const find = this.finder(caller, routeOptions.url ?? '', params as { id?: string }, openstack.body);
    const cases = [own, { ...own, ...SOMEBODY_ELSE }, ...(caller.isAdmin ? [ELSEWHERE] : [])];
    if (find && this.policy.allowsAll(rule, subject, cases)) return true;
    if (this.policy.allows(rule, subject, find ? await find() : own)) return true;
    throw policyRefuses(rule);
  }

  private who(caller: Caller, { isOfSystem, isAdminProject }: OfToken): { caller: Caller; subject: Subject; own: Target } {
    const { userId, roles, serviceRoles, serviceUserId } = caller;
    const token = {
      userId,
      projectId: caller.projectId || null,
      systemScope: isOfSystem ? ('all' as const) : null,
      isAdminProject,
      serviceRoles,
      serviceUserId,
    };
    const isAdmin = this.policy.isAdmin(roles, token);
    return { caller: { ...caller, isAdmin }, subject: { ...token, roles, isAdmin }, own: targetOf(caller) };
  }

  /** What a call is about, where it is about a volume, or an attachment, and so its volume. Null: about nothing that is there. */
  private finder(caller: Caller, url: string, { id }: { id?: string }, body: unknown): (() => Promise<Target>) | null {
    const volume = async (volumeId: string): Promise<Target> => targetOf(await this.volumes.find(caller, volumeId));
    if (id !== undefined && url.startsWith('/v3/volumes/:id')) return () => volume(id);
    if (id !== undefined && url.startsWith('/v3/attachments/:id')) {
      return async () => volume((await this.attachments.find(caller, id)).volumeId);
    }
    const volumeId = (body as { attachment?: { volume_uuid?: unknown } } | null | undefined)?.attachment?.volume_uuid;
    return url === '/v3/attachments' && typeof volumeId === 'string' ? () => volume(volumeId) : null;
  }
}

/** Where it is not known who made something, no user is the one. */
const targetOf = ({ projectId, userId }: Owned): Target => ({ project_id: projectId, ...(userId !== undefined && { user_id: userId }) });

/** By method, route as the router has it, and action. */
const RULED = new Map<string, RuleName | null>([
  ...WITHOUT_A_RULE.map((call) => [routed(call), null] as const),
  ...Object.entries<DeclaredRule>(RULES).flatMap(([name, { operations }]) =>
    operations.map((call) => [routed(call), name as RuleName] as const),
  ),
]);

/** Null: there is none on purpose. @throws notFound where nobody has declared one: what has no rule is not there */
function ruleOf(method: string, url: string, action: string | null): RuleName | null {
  const rule = RULED.get(`${method} ${url}${action === null ? '' : ` ${action}`}`);
  if (rule === undefined) throw resourceNotFound();
  return rule;
}

function routed(call: string): string {
  return call.replace(' /', ' /v3/').replaceAll(/\{(\w+)\}/g, ':$1');
}
