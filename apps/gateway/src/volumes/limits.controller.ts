import { Controller, Get, Query as QueryOf } from '@nestjs/common';
import { type Caller as CallerFacts, VolumeTotalsService } from '@app/attachments';
import { Describes } from '../openapi/describes.js';
import type { Query } from '../openstack/list-query.js';
import { isAtLeast, microversion, type Microversion } from '../openstack/microversion.js';
import { Caller, May, Version } from '../openstack/request-context.js';
import type { May as MayOf } from '../policy/policy.parts.js';
import { LIMITS_ROUTES } from './limits.descriptions.js';
import { limitsView } from './limits.view.js';

const OTHER_PROJECTS_SINCE = microversion('3.39');

/** What a project may have and has (spec: volumes-surface §8). */
@Controller('v3/limits')
@Describes(LIMITS_ROUTES)
export class LimitsController {
  constructor(private readonly totals: VolumeTotalsService) {}

  @Get()
  async show(@Caller() caller: CallerFacts, @May() may: MayOf, @Version() version: Microversion, @QueryOf() query: Query) {
    if (!may('limits_extension:used_limits')) return limitsView(null);
    return limitsView(await this.totals.ofProject(projectAsked(caller, version, query)));
  }
}

/** Another one for administrators alone, under either name; for all others the words mean nothing. */
function projectAsked(caller: CallerFacts, version: Microversion, { project_id, tenant_id }: Query): string {
  const [asked] = [project_id ?? tenant_id].flat();
  return caller.isAdmin && isAtLeast(version, OTHER_PROJECTS_SINCE) && asked !== undefined ? asked : caller.projectId;
}
