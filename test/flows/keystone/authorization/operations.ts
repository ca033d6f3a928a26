import { aConnector } from '../../../support/world';
import { ADMINS, ALL, MEMBERS, OF_A_PROJECT, type Persona, READERS } from './personas';

/** What a call is about. Volumes and attachments are of a project; types and QoS specs are everybody's; `nothing`: the caller's own project. */
export type On = 'nothing' | 'volume' | 'volume in use' | 'attachment' | 'type' | 'encrypted type' | 'qos specs';

/** Who may, of those that find it: by Cinder's new defaults, and by its older ones. */
interface Rights {
  now: readonly Persona[];
  formerly: readonly Persona[];
}
const ANYBODY: Rights = { now: ALL, formerly: ALL };
const MEMBER: Rights = { now: MEMBERS, formerly: OF_A_PROJECT };
const READER: Rights = { now: READERS, formerly: OF_A_PROJECT };
const ADMIN: Rights = { now: ADMINS, formerly: ADMINS };
const MEMBER_ONCE_ANYBODY: Rights = { now: MEMBERS, formerly: ALL };
const READER_ONCE_ANYBODY: Rights = { now: READERS, formerly: ALL };

export interface Operation extends Rights {
  /** As `METHOD /path action`; `{id}` in it, in the query and in the body is the object's, `{new}` a name that nobody has. */
  name: string;
  on: On;
  /** What refuses it, in Cinder's words; null: nothing does. */
  rule: string | null;
  /** Of success. */
  status: number;
  body: unknown;
  key: string;
  query: string;
}

type Line = [
  name: string,
  on: On,
  rule: string | null,
  rights: Rights,
  status: number,
  body?: object,
  more?: { key?: string; query?: string },
];
/** A volume that others are exchanged for; nothing is attached to it, and it stays as it is. */
export const ANOTHER = '5d8d5b1a-6f0e-4f5b-8c55-1f2f4a3f9a00';
const CONNECTED = { connector: aConnector() };
const SPECS = { shelf: 'lower' };
const LUKS = { provider: 'luks', control_location: 'front-end' };
const PAGE = { query: '?limit=1' };

/** By hand from the contract (attachments-api §3.1, volumes-surface §2 to §5 and §8), and not from the rules of the code. */
// prettier-ignore
const LINES: Line[] = [
  ['GET /attachments', 'nothing', null, ANYBODY, 200, undefined, PAGE],
  ['GET /attachments/detail', 'nothing', null, ANYBODY, 200, undefined, PAGE],
  ['GET /attachments/{id}', 'attachment', null, ANYBODY, 200],
  ['POST /attachments', 'volume', 'volume:attachment_create', MEMBER_ONCE_ANYBODY, 200, { attachment: { volume_uuid: '{id}' } }],
  ['PUT /attachments/{id}', 'attachment', 'volume:attachment_update', MEMBER, 200, { attachment: CONNECTED }],
  ['DELETE /attachments/{id}', 'attachment', 'volume:attachment_delete', MEMBER, 200],
  ['POST /attachments/{id}/action os-complete', 'attachment', 'volume:attachment_complete', MEMBER, 204],

  ['GET /volumes', 'nothing', 'volume:get_all', READER, 200, undefined, PAGE],
  ['GET /volumes/detail', 'nothing', 'volume:get_all', READER, 200, undefined, PAGE],
  ['GET /volumes/summary', 'nothing', 'volume:get_all', READER, 200],
  ['POST /volumes', 'nothing', 'volume:create', MEMBER_ONCE_ANYBODY, 202, { volume: { size: 1 } }],
  ['GET /volumes/{id}', 'volume', 'volume:get', READER, 200],
  ['PUT /volumes/{id}', 'volume', 'volume:update', MEMBER, 200, { volume: { name: 'n' } }],
  ['DELETE /volumes/{id}', 'volume', 'volume:delete', MEMBER, 202],
  ['GET /volumes/{id}/encryption', 'volume', 'volume_extension:volume_encryption_metadata', READER, 200],
  ['GET /volumes/{id}/encryption/{key}', 'volume', 'volume_extension:volume_encryption_metadata', READER, 200, undefined, { key: 'encryption_key_id' }],
  ['GET /volumes/{id}/metadata', 'volume', 'volume:get_volume_metadata', READER, 200],
  ['GET /volumes/{id}/metadata/{key}', 'volume', 'volume:get_volume_metadata', READER, 200],
  ['POST /volumes/{id}/metadata', 'volume', 'volume:create_volume_metadata', MEMBER, 200, { metadata: SPECS }],
  ['PUT /volumes/{id}/metadata', 'volume', 'volume:update_volume_metadata', MEMBER, 200, { metadata: SPECS }],
  ['PUT /volumes/{id}/metadata/{key}', 'volume', 'volume:update_volume_metadata', MEMBER, 200, { meta: SPECS }],
  ['DELETE /volumes/{id}/metadata/{key}', 'volume', 'volume:delete_volume_metadata', MEMBER, 200],

  ['POST /volumes/{id}/action os-reserve', 'volume', 'volume_extension:volume_actions:reserve', MEMBER, 202],
  ['POST /volumes/{id}/action os-unreserve', 'volume', 'volume_extension:volume_actions:unreserve', MEMBER, 202],
  ['POST /volumes/{id}/action os-begin_detaching', 'volume in use', 'volume_extension:volume_actions:begin_detaching', MEMBER, 202],
  ['POST /volumes/{id}/action os-roll_detaching', 'volume', 'volume_extension:volume_actions:roll_detaching', MEMBER, 202],
  ['POST /volumes/{id}/action os-attach', 'volume', 'volume_extension:volume_actions:attach', MEMBER, 202, { mountpoint: '/dev/vdb', host_name: 'h' }],
  ['POST /volumes/{id}/action os-detach', 'volume', 'volume_extension:volume_actions:detach', MEMBER, 202],
  ['POST /volumes/{id}/action os-initialize_connection', 'volume', 'volume_extension:volume_actions:initialize_connection', MEMBER, 200, CONNECTED],
  ['POST /volumes/{id}/action os-terminate_connection', 'volume', 'volume_extension:volume_actions:terminate_connection', MEMBER, 202, CONNECTED],
  ['POST /volumes/{id}/action os-extend', 'volume', 'volume:extend', MEMBER, 202, { new_size: 2 }],
  ['POST /volumes/{id}/action os-set_bootable', 'volume', 'volume:update', MEMBER, 200, { bootable: true }],
  ['POST /volumes/{id}/action os-update_readonly_flag', 'volume', 'volume:update_readonly_flag', MEMBER, 202, { readonly: true }],
  ['POST /volumes/{id}/action os-force_detach', 'volume', 'volume_extension:volume_admin_actions:force_detach', ADMIN, 202],
  ['POST /volumes/{id}/action os-reset_status', 'volume', 'volume_extension:volume_admin_actions:reset_status', ADMIN, 202, { status: 'error' }],
  ['POST /volumes/{id}/action os-force_delete', 'volume', 'volume_extension:volume_admin_actions:force_delete', ADMIN, 202],
  ['POST /volumes/{id}/action os-migrate_volume_completion', 'volume', 'volume_extension:volume_admin_actions:migrate_volume_completion', ADMIN, 200, { new_volume: ANOTHER }],

  ['GET /types', 'nothing', 'volume_extension:type_get_all', READER_ONCE_ANYBODY, 200],
  ['GET /types/default', 'nothing', 'volume_extension:type_get', READER_ONCE_ANYBODY, 200],
  ['GET /types/{id}', 'type', 'volume_extension:type_get', READER_ONCE_ANYBODY, 200],
  ['POST /types', 'nothing', 'volume_extension:type_create', ADMIN, 200, { volume_type: { name: '{new}' } }],
  ['PUT /types/{id}', 'type', 'volume_extension:type_update', ADMIN, 200, { volume_type: { description: 'd' } }],
  ['DELETE /types/{id}', 'type', 'volume_extension:type_delete', ADMIN, 202],
  ['GET /types/{id}/extra_specs', 'type', 'volume_extension:types_extra_specs:index', READER_ONCE_ANYBODY, 200],
  ['GET /types/{id}/extra_specs/{key}', 'type', 'volume_extension:types_extra_specs:show', READER_ONCE_ANYBODY, 200, undefined, { key: 'multiattach' }],
  ['POST /types/{id}/extra_specs', 'type', 'volume_extension:types_extra_specs:create', ADMIN, 200, { extra_specs: SPECS }],
  ['PUT /types/{id}/extra_specs/{key}', 'type', 'volume_extension:types_extra_specs:update', ADMIN, 200, SPECS],
  ['DELETE /types/{id}/extra_specs/{key}', 'type', 'volume_extension:types_extra_specs:delete', ADMIN, 202, undefined, { key: 'multiattach' }],
  ['POST /types/{id}/encryption', 'type', 'volume_extension:volume_type_encryption:create', ADMIN, 200, { encryption: LUKS }],
  ['GET /types/{id}/encryption', 'encrypted type', 'volume_extension:volume_type_encryption:get', ADMIN, 200],
  ['GET /types/{id}/encryption/{key}', 'encrypted type', 'volume_extension:volume_type_encryption:get', ADMIN, 200, undefined, { key: 'provider' }],
  ['PUT /types/{id}/encryption/{key}', 'encrypted type', 'volume_extension:volume_type_encryption:update', ADMIN, 200, { encryption: { cipher: 'c' } }],
  ['DELETE /types/{id}/encryption/{key}', 'encrypted type', 'volume_extension:volume_type_encryption:delete', ADMIN, 202],

  ['GET /qos-specs', 'nothing', 'volume_extension:qos_specs_manage:get_all', ADMIN, 200, undefined, PAGE],
  ['POST /qos-specs', 'nothing', 'volume_extension:qos_specs_manage:create', ADMIN, 200, { qos_specs: { name: '{new}' } }],
  ['GET /qos-specs/{id}', 'qos specs', 'volume_extension:qos_specs_manage:get', ADMIN, 200],
  ['PUT /qos-specs/{id}', 'qos specs', 'volume_extension:qos_specs_manage:update', ADMIN, 200, { qos_specs: SPECS }],
  ['DELETE /qos-specs/{id}', 'qos specs', 'volume_extension:qos_specs_manage:delete', ADMIN, 202],
  ['PUT /qos-specs/{id}/delete_keys', 'qos specs', 'volume_extension:qos_specs_manage:delete', ADMIN, 202, { keys: ['shelf'] }],
  ['GET /qos-specs/{id}/associations', 'qos specs', 'volume_extension:qos_specs_manage:get_all', ADMIN, 200],
  ['GET /qos-specs/{id}/associate', 'qos specs', 'volume_extension:qos_specs_manage:update', ADMIN, 202, undefined, { query: '?vol_type_id={id}' }],
  ['GET /qos-specs/{id}/disassociate', 'qos specs', 'volume_extension:qos_specs_manage:update', ADMIN, 202, undefined, { query: '?vol_type_id={id}' }],
  ['GET /qos-specs/{id}/disassociate_all', 'qos specs', 'volume_extension:qos_specs_manage:update', ADMIN, 202],

  ['GET /limits', 'nothing', null, ANYBODY, 200],
  ['GET /resource_filters', 'nothing', null, ANYBODY, 200],
];

export const OPERATIONS: readonly Operation[] = LINES.map(([name, on, rule, rights, status, body, { key = 'shelf', query = '' } = {}]) => {
  const action = / (os-\S+)$/.exec(name)?.[1];
  return { name, on, rule, ...rights, status, body: action === undefined ? body : { [action]: body ?? {} }, key, query };
});
