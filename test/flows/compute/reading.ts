/** What Nova reads of an answer. It would stumble over what is not there, so it is an error here. */
export interface Volume {
  id: string;
  status: string;
  size: number;
  availabilityZone: string;
  createdAt: string;
  displayName: string | null;
  displayDescription: string | null;
  volumeTypeId: string | null;
  snapshotId: string | null;
  bootable: boolean;
  metadata: Record<string, unknown>;
  multiattach: boolean;
  /** Nova derives it: attached where the volume lists any attachment. */
  attachStatus: 'attached' | 'detached';
  /** By server. */
  attachments: Record<string, { attachmentId: string; mountpoint: string | null }>;
  /** Both of them, or neither: null is one of three states of `sharedTargets`. */
  targets?: { sharedTargets: boolean | null; serviceUuid: string | null };
  migrationStatus?: string | null;
}

export interface Attachment {
  id: string;
  /** Read of all attachments of a multiattach volume before one of them is swapped. */
  attachMode: string | null;
  /** Null: no connection. */
  connectionInfo: ConnectionInfo | null;
}

/** The flat one of the API in the older shape that drivers of a hypervisor know. */
export interface ConnectionInfo {
  driverVolumeType: string;
  data: Record<string, unknown>;
  status: string;
  instance: string;
  attachedAt: string;
  detachedAt: string;
  volumeId: string;
}

export function readVolume(body: unknown): Volume {
  const volume = needed(body, 'volume', 'object');
  return {
    id: needed(volume, 'id', 'string'),
    status: needed(volume, 'status', 'string'),
    size: needed(volume, 'size', 'number'),
    availabilityZone: needed(volume, 'availability_zone', 'string'),
    createdAt: needed(volume, 'created_at', 'string'),
    displayName: nullable(volume, 'name', 'string'),
    displayDescription: nullable(volume, 'description', 'string'),
    volumeTypeId: nullable(volume, 'volume_type', 'string'),
    snapshotId: nullable(volume, 'snapshot_id', 'string'),
    bootable: spelt(needed(volume, 'bootable', 'string')),
    metadata: needed(volume, 'metadata', 'object'),
    multiattach: 'multiattach' in volume && needed(volume, 'multiattach', 'boolean'),
    ...readUsers(needed(volume, 'attachments', 'list')),
    ...('shared_targets' in volume && {
      targets: { sharedTargets: nullable(volume, 'shared_targets', 'boolean'), serviceUuid: nullable(volume, 'service_uuid', 'string') },
    }),
    ...('migration_status' in volume && { migrationStatus: nullable(volume, 'migration_status', 'string') }),
  };
}

function readUsers(attachments: unknown[]): Pick<Volume, 'attachStatus' | 'attachments'> {
  const byServer = attachments.map((attachment): [string, Volume['attachments'][string]] => [
    needed(attachment, 'server_id', 'string'),
    { attachmentId: needed(attachment, 'attachment_id', 'string'), mountpoint: nullable(attachment, 'device', 'string') },
  ]);
  return {
    attachStatus: attachments.length > 0 ? 'attached' : 'detached',
    attachments: Object.fromEntries(byServer),
  };
}

export const readAttachment = (body: unknown): Attachment => attachmentOf(needed(body, 'attachment', 'object'));

/** The ids of a list. */
export const readAttachments = (body: unknown): string[] => needed(body, 'attachments', 'list').map((one) => needed(one, 'id', 'string'));

function attachmentOf(attachment: object): Attachment {
  const flat = nullable(attachment, 'connection_info', 'object') ?? {};
  const { attachment_id: _dropped, driver_volume_type: _apart, ...data } = flat;
  return {
    id: needed(attachment, 'id', 'string'),
    attachMode: nullable(attachment, 'attach_mode', 'string'),
    connectionInfo:
      Object.keys(flat).length === 0
        ? null
        : { driverVolumeType: needed(flat, 'driver_volume_type', 'string'), data, ...topLevel(attachment) },
  };
}

const topLevel = (attachment: object) => ({
  status: needed(attachment, 'status', 'string'),
  instance: needed(attachment, 'instance', 'string'),
  attachedAt: needed(attachment, 'attached_at', 'string'),
  detachedAt: needed(attachment, 'detached_at', 'string'),
  volumeId: needed(attachment, 'volume_id', 'string'),
});

/** The highest microversion of the first entry that is of version 3, as a number of `3.<number>`. */
export function readVersion(body: unknown): number {
  const versions = needed(body, 'versions', 'list');
  const third = versions.find((entry) => needed(entry, 'version', 'string').includes('3.'));
  needed(third, 'min_version', 'string');
  return Number(needed(third, 'version', 'string').replace('3.', ''));
}

/** The id that a migrated volume goes on with. */
export const readSavedVolume = (body: unknown): string => needed(body, 'save_volume_id', 'string');

/** What a fault says, whatever it is called. */
export const readFault = (body: unknown): string => needed(Object.values(body as object)[0], 'message', 'string');

interface Kinds {
  string: string;
  number: number;
  boolean: boolean;
  object: Record<string, unknown>;
  list: unknown[];
}
const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

/** @throws where it is absent, or of another kind. */
function needed<K extends keyof Kinds>(from: unknown, key: string, kind: K): Kinds[K] {
  const value = typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[key] : undefined;
  if (kindOf(value) !== kind) throw new Error(`Nova needs ${key} to be a ${kind}, and it is ${String(value)} in ${JSON.stringify(from)}`);
  return value as Kinds[K];
}

function nullable<K extends keyof Kinds>(from: unknown, key: string, kind: K): Kinds[K] | null {
  return (from as Record<string, unknown>)[key] === null ? null : needed(from, key, kind);
}

function spelt(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new Error(`neither true nor false: ${text}`);
  return text === 'true';
}
