import type { Descriptions } from '../openapi/describes.js';
import { listOf, objectOf, TEXT } from '../openapi/schema.js';

export const RESOURCE_FILTERS_ROUTES = {
  list: {
    summary: 'List by what lists can be filtered',
    query: [{ name: 'resource', description: 'Of this resource alone.' }],
    answer: {
      schema: objectOf(null, { resource_filters: listOf(objectOf('ResourceFilters', { resource: TEXT, filters: listOf(TEXT) })) }),
      example: { resource_filters: [{ resource: 'attachment', filters: ['volume_id', 'status'] }] },
    },
  },
} as const satisfies Descriptions;
