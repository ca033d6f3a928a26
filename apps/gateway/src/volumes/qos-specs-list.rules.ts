import type { ListRules } from '../openstack/list-query.js';

export const QOS_SPECS_LIST_RULES: ListRules = { resource: 'qos_specs', filters: ['id', 'name', 'consumer'], columns: {}, besides: [] };
