/** Who may do what, by the names that Cinder's policy has for it. */
export interface DeclaredCheck {
  /** The check string that is in force unless the operator's file has another one. */
  rule: string;
  /** Cinder's older default, which allows too with ENFORCE_NEW_DEFAULTS=false; without one nothing changes. */
  legacy?: string;
}
export interface DeclaredRule extends DeclaredCheck {
  /** The routes and actions that it refuses with 403. */
  operations: readonly string[];
}

/** What the rules below, and those of an operator's file, refer to. */
export const BASE_RULES = {
  context_is_admin: 'role:admin',
  admin_api: 'is_admin:True or (role:admin and is_admin_project:True)',
  admin_or_owner: 'is_admin:True or (role:admin and is_admin_project:True) or project_id:%(project_id)s',
  xena_system_admin_or_project_reader: '(role:admin) or (role:reader and project_id:%(project_id)s)',
  xena_system_admin_or_project_member: '(role:admin) or (role:member and project_id:%(project_id)s)',
  'volume_extension:volume_type_encryption': 'rule:admin_api',
} as const satisfies Record<string, string>;

const OWNER = 'rule:admin_or_owner';
export const EVERYBODY = '';
export const MEMBER = { rule: 'rule:xena_system_admin_or_project_member', legacy: OWNER };
export const READER = { rule: 'rule:xena_system_admin_or_project_reader', legacy: OWNER };
export const ADMIN = { rule: 'rule:admin_api' };
const TYPE_ENCRYPTION = { ...ADMIN, legacy: 'rule:volume_extension:volume_type_encryption' };

const action = <Name extends string>(name: Name) => [`POST /volumes/{id}/action ${name}`] as const;

export const RULES = {
  'volume:attachment_create': { ...MEMBER, legacy: EVERYBODY, operations: ['POST /attachments'] },
  'volume:attachment_update': { ...MEMBER, operations: ['PUT /attachments/{id}'] },
  'volume:attachment_delete': { ...MEMBER, operations: ['DELETE /attachments/{id}'] },
  'volume:attachment_complete': { ...MEMBER, operations: ['POST /attachments/{id}/action os-complete'] },

  'volume:create': { ...MEMBER, legacy: EVERYBODY, operations: ['POST /volumes'] },
  'volume:get': { ...READER, operations: ['GET /volumes/{id}'] },
  'volume:get_all': { ...READER, operations: ['GET /volumes', 'GET /volumes/detail', 'GET /volumes/summary'] },
  'volume:update': { ...MEMBER, operations: ['PUT /volumes/{id}', ...action('os-set_bootable')] },
  'volume:delete': { ...MEMBER, operations: ['DELETE /volumes/{id}'] },
  'volume_extension:volume_encryption_metadata': {
    ...READER,
    operations: ['GET /volumes/{id}/encryption', 'GET /volumes/{id}/encryption/{key}'],
  },

  'volume:get_volume_metadata': { ...READER, operations: ['GET /volumes/{id}/metadata', 'GET /volumes/{id}/metadata/{key}'] },
  'volume:create_volume_metadata': { ...MEMBER, operations: ['POST /volumes/{id}/metadata'] },
  'volume:update_volume_metadata': { ...MEMBER, operations: ['PUT /volumes/{id}/metadata', 'PUT /volumes/{id}/metadata/{key}'] },
  'volume:delete_volume_metadata': { ...MEMBER, operations: ['DELETE /volumes/{id}/metadata/{key}'] },

  'volume_extension:volume_actions:reserve': { ...MEMBER, operations: action('os-reserve') },
  'volume_extension:volume_actions:unreserve': { ...MEMBER, operations: action('os-unreserve') },
  'volume_extension:volume_actions:begin_detaching': { ...MEMBER, operations: action('os-begin_detaching') },
  'volume_extension:volume_actions:roll_detaching': { ...MEMBER, operations: action('os-roll_detaching') },
  'volume_extension:volume_actions:attach': { ...MEMBER, operations: action('os-attach') },
  'volume_extension:volume_actions:detach': { ...MEMBER, operations: action('os-detach') },
  'volume_extension:volume_actions:initialize_connection': { ...MEMBER, operations: action('os-initialize_connection') },
  'volume_extension:volume_actions:terminate_connection': { ...MEMBER, operations: action('os-terminate_connection') },
  'volume_extension:volume_admin_actions:force_detach': { ...ADMIN, operations: action('os-force_detach') },
  'volume_extension:volume_admin_actions:reset_status': { ...ADMIN, operations: action('os-reset_status') },
  'volume_extension:volume_admin_actions:force_delete': { ...ADMIN, operations: action('os-force_delete') },
  'volume_extension:volume_admin_actions:migrate_volume_completion': { ...ADMIN, operations: action('os-migrate_volume_completion') },
  'volume:extend': { ...MEMBER, operations: action('os-extend') },
  'volume:update_readonly_flag': { ...MEMBER, operations: action('os-update_readonly_flag') },

  'volume_extension:type_create': { ...ADMIN, operations: ['POST /types'] },
  'volume_extension:type_update': { ...ADMIN, operations: ['PUT /types/{id}'] },
  'volume_extension:type_delete': { ...ADMIN, operations: ['DELETE /types/{id}'] },
  'volume_extension:type_get': { ...READER, legacy: EVERYBODY, operations: ['GET /types/default', 'GET /types/{id}'] },
  'volume_extension:type_get_all': { ...READER, legacy: EVERYBODY, operations: ['GET /types'] },
  'volume_extension:types_extra_specs:index': { ...READER, legacy: EVERYBODY, operations: ['GET /types/{id}/extra_specs'] },
  'volume_extension:types_extra_specs:show': { ...READER, legacy: EVERYBODY, operations: ['GET /types/{id}/extra_specs/{key}'] },
  'volume_extension:types_extra_specs:create': { ...ADMIN, operations: ['POST /types/{id}/extra_specs'] },
  'volume_extension:types_extra_specs:update': { ...ADMIN, operations: ['PUT /types/{id}/extra_specs/{key}'] },
  'volume_extension:types_extra_specs:delete': { ...ADMIN, operations: ['DELETE /types/{id}/extra_specs/{key}'] },
  'volume_extension:volume_type_encryption:create': { ...TYPE_ENCRYPTION, operations: ['POST /types/{id}/encryption'] },
  'volume_extension:volume_type_encryption:get': {
    ...TYPE_ENCRYPTION,
    operations: ['GET /types/{id}/encryption', 'GET /types/{id}/encryption/{key}'],
  },
  'volume_extension:volume_type_encryption:update': { ...TYPE_ENCRYPTION, operations: ['PUT /types/{id}/encryption/{key}'] },
  'volume_extension:volume_type_encryption:delete': { ...TYPE_ENCRYPTION, operations: ['DELETE /types/{id}/encryption/{key}'] },

  'volume_extension:qos_specs_manage:create': { ...ADMIN, operations: ['POST /qos-specs'] },
  'volume_extension:qos_specs_manage:get_all': { ...ADMIN, operations: ['GET /qos-specs', 'GET /qos-specs/{id}/associations'] },
  'volume_extension:qos_specs_manage:get': { ...ADMIN, operations: ['GET /qos-specs/{id}'] },
  'volume_extension:qos_specs_manage:update': {
    ...ADMIN,
    operations: [
      'PUT /qos-specs/{id}',
      'GET /qos-specs/{id}/associate',
      'GET /qos-specs/{id}/disassociate',
      'GET /qos-specs/{id}/disassociate_all',
    ],
  },
  'volume_extension:qos_specs_manage:delete': { ...ADMIN, operations: ['DELETE /qos-specs/{id}', 'PUT /qos-specs/{id}/delete_keys'] },
} as const satisfies Record<string, DeclaredRule>;

export type RuleName = keyof typeof RULES;

/** What Cinder asks no rule for: whoever has a token gets an answer, about the own project alone. */
export const WITHOUT_A_RULE = [
  'GET /attachments',
  'GET /attachments/detail',
  'GET /attachments/{id}',
  'GET /limits',
  'GET /resource_filters',
] as const;
