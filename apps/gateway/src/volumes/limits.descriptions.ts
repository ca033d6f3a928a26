import type { Descriptions } from '../openapi/describes.js';
import { COUNT, objectOf, type Schema } from '../openapi/schema.js';
import { limitsView, NO_QUOTAS, NOT_HERE } from './limits.view.js';

const always = (figures: Readonly<Record<string, number>>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, { const: value }]));
/** Where policy says so. */
const USED = { totalVolumesUsed: COUNT, totalGigabytesUsed: COUNT, ...always(NOT_HERE) };
const ABSOLUTE = objectOf('Limits', { ...always(NO_QUOTAS), ...USED }, Object.keys(USED));

const OTHER = 'Another project, for administrators; ignored for all others.';

export const LIMITS_ROUTES = {
  show: {
    summary: 'Show what a project may have, and has',
    answer: {
      schema: objectOf(null, { limits: objectOf(null, { rate: { type: 'array', maxItems: 0 }, absolute: ABSOLUTE }) }),
      example: limitsView({ volumes: 2, gigabytes: 5 }),
    },
    query: [
      { name: 'project_id', description: OTHER, since: '3.39' },
      { name: 'tenant_id', description: OTHER, since: '3.39' },
    ],
  },
} as const satisfies Descriptions;
