import { Controller, Get, Query as QueryOf } from '@nestjs/common';
import { Describes } from '../openapi/describes.js';
import type { Query } from './list-query.js';
import { Microversion } from './microversion.js';
import { RESOURCE_FILTERS_ROUTES } from './resource-filters.descriptions.js';
import { ResourceFilters } from './resource-filters.js';

/** By what lists can be filtered here (spec: attachments-api §4.2). */
@Controller('v3/resource_filters')
@Describes(RESOURCE_FILTERS_ROUTES)
@Microversion('3.33')
export class ResourceFiltersController {
  constructor(private readonly filters: ResourceFilters) {}

  @Get()
  list(@QueryOf() { resource }: Query) {
    const [wanted] = [resource].flat();
    const shown = Object.entries(this.filters.all).filter(([name]) => !wanted || name === wanted);
    return { resource_filters: shown.map(([name, filters]) => ({ resource: name, filters })) };
  }
}
