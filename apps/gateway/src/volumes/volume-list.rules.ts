import type { ListRules } from '../openstack/list-query.js';

/** spec: volumes-surface §2 */
export const VOLUME_LIST_RULES: ListRules = {
  resource: 'volume',
  filters: [
    'name',
    'status',
    'metadata',
    'bootable',
    'migration_status',
    'availability_zone',
    'group_id',
    'size',
    'created_at',
    'updated_at',
    'consumes_quota',
  ],
  columns: {},
  besides: ['with_count'],
};
