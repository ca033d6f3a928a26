import type { Descriptions } from '../openapi/describes.js';
import { COUNT, objectOf, type Schema } from '../openapi/schema.js';

const NO_LIMIT: Schema = { const: -1 };

const ABSOLUTE = objectOf('Limits', {
  maxTotalVolumes: NO_LIMIT,
  maxTotalVolumeGigabytes: NO_LIMIT,
  maxTotalSnapshots: NO_LIMIT,
  maxTotalBackups: NO_LIMIT,
  maxTotalBackupGigabytes: NO_LIMIT,
  totalVolumesUsed: COUNT,
  totalGigabytesUsed: COUNT,
  totalSnapshotsUsed: { const: 0 },
  totalBackupsUsed: { const: 0 },
  totalBackupGigabytesUsed: { const: 0 },
});

const EXAMPLE = {
  maxTotalVolumes: -1,
  maxTotalVolumeGigabytes: -1,
  maxTotalSnapshots: -1,
  maxTotalBackups: -1,
  maxTotalBackupGigabytes: -1,
  totalVolumesUsed: 2,
  totalGigabytesUsed: 5,
  totalSnapshotsUsed: 0,
  totalBackupsUsed: 0,
  totalBackupGigabytesUsed: 0,
};

const OTHER = 'Another project, for administrators; ignored for all others.';

export const LIMITS_ROUTES = {
  show: {
    summary: 'Show what a project may have, and has',
    answer: {
      schema: objectOf(null, { limits: objectOf(null, { rate: { type: 'array', maxItems: 0 }, absolute: ABSOLUTE }) }),
      example: { limits: { rate: [], absolute: EXAMPLE } },
    },
    query: [
      { name: 'project_id', description: OTHER, since: '3.39' },
      { name: 'tenant_id', description: OTHER, since: '3.39' },
    ],
  },
} as const satisfies Descriptions;
