import type { VolumeRecord } from '@app/attachments';
import { isAtLeast, MIN_VERSION, type Microversion } from '../openstack/microversion.js';
import { FLAG, ID, LINKS, listOf, mapOf, NOTHING, objectOf, orNull, type Schema, TEXT, TIME } from '../openapi/schema.js';
import { KEYS_SINCE } from './volume.view.js';

/** spec: volumes-surface §2 */
const ATTACHMENT_OF_VOLUME = objectOf('VolumeAttachment', {
  id: { ...ID, description: "The volume's." },
  attachment_id: ID,
  volume_id: ID,
  server_id: orNull(TEXT),
  host_name: { ...orNull(TEXT), description: 'For administrators and services.' },
  device: orNull(TEXT),
  attached_at: orNull(TIME),
});

const SINCE_THE_FIRST: Record<string, Schema> = {
  id: ID,
  status: TEXT,
  size: { type: 'integer', minimum: 1, description: 'In GiB.' },
  availability_zone: TEXT,
  created_at: TIME,
  updated_at: orNull(TIME),
  name: orNull(TEXT),
  description: orNull(TEXT),
  volume_type: { ...orNull(TEXT), description: 'Its name.' },
  snapshot_id: NOTHING,
  source_volid: NOTHING,
  metadata: mapOf(TEXT),
  links: LINKS,
  user_id: TEXT,
  bootable: { enum: ['true', 'false'] },
  encrypted: FLAG,
  replication_status: { const: 'disabled' },
  consistencygroup_id: NOTHING,
  multiattach: FLAG,
  attachments: { ...listOf(ATTACHMENT_OF_VOLUME), description: 'Those in status `attached`.' },
};

const LATER: readonly [since: Microversion, properties: Record<string, Schema>][] = [
  [KEYS_SINCE.group_id, { group_id: NOTHING }],
  [KEYS_SINCE.shared_targets, { shared_targets: FLAG, service_uuid: NOTHING }],
  [KEYS_SINCE.volume_type_id, { volume_type_id: orNull(ID) }],
  [KEYS_SINCE.consumes_quota, { consumes_quota: FLAG }],
];
/** These are not always there. */
const FOR_SOME: typeof LATER = [
  [MIN_VERSION, { 'os-vol-tenant-attr:tenant_id': TEXT }],
  [MIN_VERSION, { migration_status: orNull(TEXT), 'os-vol-host-attr:host': orNull(TEXT) }],
  [MIN_VERSION, { 'os-vol-mig-status-attr:migstat': orNull(TEXT), 'os-vol-mig-status-attr:name_id': NOTHING }],
  [KEYS_SINCE.provider_id, { provider_id: NOTHING }],
  [KEYS_SINCE.cluster_name, { cluster_name: NOTHING }],
];
const KEY_ID: (typeof LATER)[number] = [KEYS_SINCE.encryption_key_id, { encryption_key_id: ID }];

export function volumeSchema(version: Microversion): Schema {
  const known = (table: typeof LATER) =>
    Object.assign({}, ...table.filter(([since]) => isAtLeast(version, since)).map(([, keys]) => keys)) as Record<string, Schema>;
  const forAdmins = Object.entries(known(FOR_SOME)).map(([key, schema]) => [key, { ...schema, description: 'For whom policy says so.' }]);
  const some = { ...(Object.fromEntries(forAdmins) as Record<string, Schema>), ...known([KEY_ID]) };
  return objectOf('Volume', { ...SINCE_THE_FIRST, ...known(LATER), ...some }, Object.keys(some));
}

export const LISTED_VOLUME = objectOf('ListedVolume', { id: ID, name: orNull(TEXT), links: LINKS });

/** The volume of all examples; the views make answers of it. */
export const EXAMPLE_VOLUME: VolumeRecord = {
  id: 'd84acf0f-3ddc-46ff-9a6d-c2a2d59a0d0e',
  projectId: '89afd400b646452b8db1b8d3a5c0f6a1',
  userId: 'c853ca26-e8ea-4797-8a52-ee124a013d0e',
  name: 'data',
  description: null,
  size: 1,
  status: 'in-use',
  attachStatus: 'attached',
  migrationStatus: null,
  multiattach: false,
  bootable: false,
  host: 'node1@nbd#nbd',
  availabilityZone: 'nova',
  volumeTypeId: null,
  volumeTypeName: null,
  encryptionKeyId: null,
  metadata: { shelf: 'upper' },
  adminMetadata: { attached_mode: 'rw' },
  createdAt: '2026-11-23T15:04:37.425254',
  updatedAt: '2026-11-23T15:04:38.954584',
  attachments: [
    {
      attachmentId: '3b8b6631-1cf7-4fd7-9afb-c01e541a073c',
      instanceUuid: '462dcc2d-130d-4654-8db1-da0df2da6a0d',
      host: 'compute-1',
      mountpoint: '/dev/vdb',
      attachedAt: '2026-11-23T15:04:38.848066',
    },
  ],
};
