import type { ListRules } from '../openstack/list-query.js';

/** spec: attachments-api §4.2. `status` is mended: in Cinder it selects nothing. */
export const ATTACHMENT_LIST_RULES: ListRules = {
  resource: 'attachment',
  filters: ['volume_id', 'status', 'instance_id', 'attach_status'],
  columns: { instance_id: 'instance_uuid', status: 'attach_status' },
  besides: [],
};
