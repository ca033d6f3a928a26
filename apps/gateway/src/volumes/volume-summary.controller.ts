import { Controller, Get, Inject, Query as QueryOf } from '@nestjs/common';
import { type Caller as CallerFacts, VolumeTotalsService } from '@app/attachments';
import { GatewayConfig } from '../gateway.config.js';
import { Describes } from '../openapi/describes.js';
import { parseListQuery, type Query } from '../openstack/list-query.js';
import { isAtLeast, Microversion, microversion } from '../openstack/microversion.js';
import { Caller, Version } from '../openstack/request-context.js';
import { VOLUME_LIST_RULES } from './volume-list.rules.js';
import { VOLUME_SUMMARY_ROUTES } from './volume.descriptions.js';

const WITH_METADATA_SINCE = microversion('3.36');
/** Filters that a summary does not know are dropped at every microversion, as lists do before 3.31. */
const LENIENT = microversion('3.30');

/** How many volumes there are, and how much they hold (spec: volumes-surface §2.1). */
@Controller('v3/volumes/summary')
@Describes(VOLUME_SUMMARY_ROUTES)
@Microversion('3.12')
export class VolumeSummaryController {
  constructor(
    private readonly totals: VolumeTotalsService,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  async show(@Caller() caller: CallerFacts, @Version() version: Microversion, @QueryOf() query: Query) {
    const who = { isAdmin: caller.isAdmin, version: LENIENT };
    const asked = parseListQuery(query, VOLUME_LIST_RULES, who, this.config.OSAPI_MAX_LIMIT);
    const { volumes, gigabytes } = await this.totals.of(caller, asked);
    return {
      'volume-summary': {
        total_count: volumes,
        total_size: gigabytes,
        ...(isAtLeast(version, WITH_METADATA_SINCE) && { metadata: await this.totals.metadataOf(caller, asked) }),
      },
    };
  }
}
