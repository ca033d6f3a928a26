import type { Caller, VolumeAttachmentFacts, VolumeRecord } from '@app/attachments';
import { FIXED_KEY_ID } from '@app/domain';
import { linksTo, type Place } from '../openstack/links.js';
import { isAtLeast, microversion, type Microversion } from '../openstack/microversion.js';
import type { May } from '../policy/policy.parts.js';

/** For whom, and how they came. What policy says of a volume's keys is, as in Cinder, asked about the caller's own project. */
export interface Audience extends Place {
  caller: Pick<Caller, 'isAdmin' | 'roles' | 'projectId'>;
  version: Microversion;
  may: May;
}

/** spec: volumes-surface §2: every key by microversion and role. */
export function volumeDetail(volume: VolumeRecord, audience: Audience) {
  return {
    ...described(volume, audience),
    metadata: { ...volume.metadata, ...visible(volume.adminMetadata) },
    links: linksTo(`volumes/${volume.id}`, audience),
    user_id: volume.userId,
    bootable: String(volume.bootable),
    encrypted: volume.encryptionKeyId !== null,
    replication_status: 'disabled',
    consistencygroup_id: null,
    multiattach: volume.multiattach,
    attachments: volume.attachments.map((attachment) => attachmentOf(volume.id, attachment, audience)),
    ...later(volume, audience),
    ...asAllowed(volume, audience),
  };
}

export const volumeSummary = ({ id, name }: VolumeRecord, audience: Audience) => ({ id, name, links: linksTo(`volumes/${id}`, audience) });

function described(volume: VolumeRecord, { version }: Audience) {
  return {
    id: volume.id,
    status: WORDED[volume.status] ?? volume.status,
    size: volume.size,
    availability_zone: volume.availabilityZone,
    created_at: volume.createdAt,
    updated_at: volume.updatedAt,
    name: volume.name,
    description: volume.description,
    volume_type: volume.volumeTypeName ?? (isAtLeast(version, KEYS_SINCE.volume_type_id) ? null : volume.volumeTypeId),
    snapshot_id: null,
    source_volid: null,
  };
}

const WORDED: Partial<Record<string, string>> = {
  managing: 'creating',
  error_managing: 'error',
  error_managing_deleting: 'deleting',
};

/** Its `id` is the volume's; where it is attached is for administrators and services only. */
function attachmentOf(
  volumeId: string,
  { attachmentId, instanceUuid, host, mountpoint, attachedAt }: VolumeAttachmentFacts,
  { caller }: Audience,
) {
  return {
    id: volumeId,
    attachment_id: attachmentId,
    volume_id: volumeId,
    server_id: instanceUuid,
    host_name: caller.isAdmin || caller.roles.includes('service') ? host : null,
    device: mountpoint,
    attached_at: attachedAt,
  };
}

/** The microversions that keys came with. */
export const KEYS_SINCE = {
  group_id: microversion('3.13'),
  provider_id: microversion('3.21'),
  shared_targets: microversion('3.48'),
  cluster_name: microversion('3.61'),
  volume_type_id: microversion('3.63'),
  encryption_key_id: microversion('3.64'),
  consumes_quota: microversion('3.65'),
} as const;

function later({ migrationStatus, volumeTypeId, encryptionKeyId }: VolumeRecord, { caller: { isAdmin }, version }: Audience) {
  return {
    ...(isAdmin && { migration_status: migrationStatus }),
    ...(isAtLeast(version, KEYS_SINCE.group_id) && { group_id: null }),
    ...(isAdmin && isAtLeast(version, KEYS_SINCE.provider_id) && { provider_id: null }),
    ...(isAtLeast(version, KEYS_SINCE.shared_targets) && { shared_targets: true, service_uuid: null }),
    ...(isAdmin && isAtLeast(version, KEYS_SINCE.cluster_name) && { cluster_name: null }),
    ...(isAtLeast(version, KEYS_SINCE.volume_type_id) && { volume_type_id: volumeTypeId }),
    ...(isAtLeast(version, KEYS_SINCE.encryption_key_id) &&
      encryptionKeyId !== null &&
      encryptionKeyId !== FIXED_KEY_ID && { encryption_key_id: encryptionKeyId }),
    ...(isAtLeast(version, KEYS_SINCE.consumes_quota) && { consumes_quota: true }),
  };
}

function asAllowed({ projectId, migrationStatus, host }: VolumeRecord, { may }: Audience) {
  return {
    ...(may('volume_extension:volume_tenant_attribute') && { 'os-vol-tenant-attr:tenant_id': projectId }),
    ...(may('volume_extension:volume_mig_status_attribute') && {
      'os-vol-mig-status-attr:migstat': migrationStatus,
      'os-vol-mig-status-attr:name_id': null,
    }),
    ...(may('volume_extension:volume_host_attribute') && { 'os-vol-host-attr:host': host }),
  };
}

/** The admin metadata that everybody may see; it hides a user's own keys of the same name. */
function visible({ readonly, attached_mode }: Record<string, string>) {
  return { ...(readonly !== undefined && { readonly }), ...(attached_mode !== undefined && { attached_mode }) };
}
