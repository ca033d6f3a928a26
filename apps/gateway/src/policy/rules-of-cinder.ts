import type { RuleName } from './policy.rules.js';

/** What Cinder's policy has (21.3, and what came later) for what is not here: snapshots, backups, groups and more. By what their names begin with. */
const NOT_HERE = {
  '': 'default system_or_domain_or_project_admin',
  backup: 'backup-import backup_project_attribute create delete export-import get get_all restore update',
  clusters: 'get get_all update',
  group:
    'access_group_types_specs create create_group_snapshot delete delete_group_snapshot disable_replication enable_replication failover_replication get get_all get_all_group_snapshots get_group_snapshot group_project_attribute group_snapshot_project_attribute group_types_manage group_types_specs list_replication_targets reset_group_snapshot_status reset_status update update_group_snapshot',
  'group:group_types': 'create delete update',
  'group:group_types_specs': 'create delete get get_all update',
  message: 'delete get get_all',
  'scheduler_extension:scheduler_stats': 'get_pools',
  snapshot_extension: 'list_manageable snapshot_manage snapshot_unmanage',
  'snapshot_extension:snapshot_actions': 'update_snapshot_status',
  volume:
    'accept_transfer create_from_image create_snapshot create_transfer delete_snapshot delete_snapshot_metadata delete_transfer failover_host force_delete freeze_host get_all_snapshots get_all_transfers get_snapshot get_snapshot_metadata get_transfer reimage reimage_reserved retype revert_to_snapshot thaw_host update_snapshot update_snapshot_metadata update_volume_admin_metadata',
  volume_extension:
    'capabilities default_get default_get_all default_set_or_update default_unset extended_snapshot_attributes hosts list_manageable quota_classes volume_image_metadata volume_manage volume_unmanage',
  'volume_extension:backup_admin_actions': 'force_delete reset_status',
  'volume_extension:quota_classes': 'get update',
  'volume_extension:quotas': 'delete show update',
  'volume_extension:services': 'index update',
  'volume_extension:snapshot_admin_actions': 'force_delete reset_status',
  'volume_extension:volume_actions': 'upload_image upload_public',
  'volume_extension:volume_admin_actions': 'extend_volume_completion migrate_volume',
  'volume_extension:volume_image_metadata': 'remove set show',
  'volume_extension:volume_type_access': 'addProjectAccess get_all_for_type removeProjectAccess',
  workers: 'cleanup',
} as const;

/** Rules of Cinder's that nothing here is asked about. */
export const RULES_OF_OTHERS: ReadonlySet<string> = new Set(
  Object.entries(NOT_HERE).flatMap(([prefix, names]) => names.split(' ').map((name) => (prefix === '' ? name : `${prefix}:${name}`))),
);

/** Names under which older releases asked what several rules decide now: to pass them over would leave defaults in force that the file means to change. */
export const SPLIT_RULES: Readonly<Record<string, readonly RuleName[]>> = {
  'volume_extension:types_manage': ['volume_extension:type_create', 'volume_extension:type_update', 'volume_extension:type_delete'],
  'volume_extension:types_extra_specs': [
    'volume_extension:types_extra_specs:index',
    'volume_extension:types_extra_specs:show',
    'volume_extension:types_extra_specs:create',
    'volume_extension:types_extra_specs:update',
    'volume_extension:types_extra_specs:delete',
  ],
};
