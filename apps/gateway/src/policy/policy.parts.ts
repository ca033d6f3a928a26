import { policyRefuses } from '@app/domain';
import { ADMIN, type DeclaredCheck, EVERYBODY, MEMBER, READER } from './policy.rules.js';

/** A rule that is asked within a call, about a part of it. */
interface PartRule extends DeclaredCheck {
  /** What it decides, as the page for operators says it. */
  decides: string;
}

/** Asked beside the one rule of the route: what they refuse, or leave out of an answer, is known only within. */
export const PART_RULES = {
  // Ours alone: Cinder shows whoever finds an attachment what it is connected with.
  'volume:attachment_secrets': { rule: EVERYBODY, decides: 'Passwords and keys in `connection_info`, wherever it is answered' },
  'volume:multiattach': { ...MEMBER, decides: '`POST /volumes` of a type with `multiattach`' },
  'volume:multiattach_bootable_volume': { ...MEMBER, decides: '`POST /attachments` for a bootable volume that is in use' },
  'volume:extend_attached_volume': { ...MEMBER, decides: '`os-extend` of a volume in use, beside `volume:extend`' },
  'volume_extension:volume_host_attribute': { ...ADMIN, decides: '`os-vol-host-attr:host` of volumes' },
  'volume_extension:volume_tenant_attribute': { ...READER, decides: '`os-vol-tenant-attr:tenant_id` of volumes' },
  'volume_extension:volume_mig_status_attribute': { ...ADMIN, decides: '`os-vol-mig-status-attr:…` of volumes' },
  'volume_extension:access_types_extra_specs': { ...READER, legacy: 'rule:admin_api', decides: '`extra_specs` of volume types' },
  'volume_extension:types_extra_specs:read_sensitive': { ...ADMIN, decides: 'Extra specs beside those that say what a volume can do' },
  'volume_extension:access_types_qos_specs_id': { ...ADMIN, decides: '`qos_specs_id` of volume types' },
  'volume_extension:volume_type_access': { ...MEMBER, decides: '`os-volume-type-access:is_public` of volume types' },
  'limits_extension:used_limits': { ...READER, decides: 'What `GET /limits` says of the use (`total…Used`)' },
} as const satisfies Record<string, PartRule>;

export type PartRuleName = keyof typeof PART_RULES;

/** Whose a volume is, or what is made of one; without a user where nobody has looked who made it. */
export interface Owned {
  projectId: string;
  userId?: string;
}

/** Whether policy allows this caller that part of the call: of what is the caller's own, or of a volume. */
export type May = (rule: PartRuleName, of?: Owned) => boolean;

/** A part of the call as something that is asked about later, where it comes to it. */
export const leave =
  (may: May, rule: PartRuleName): ((of?: Owned) => void) =>
  (of) => {
    if (!may(rule, of)) throw policyRefuses(rule);
  };
