import { TRANSITIONS, volumeNotFound } from '@app/domain';
import type { ListOf } from './pages.js';
import type { Caller } from './records.js';
import { known, raw, type Sql, sql } from './sql.js';

/** The columns of a VolumeRecord, of `a` (the list's alias) and its type `t`. */
export const VOLUME_COLUMNS = raw(`a.id, a.project_id as "projectId", a.user_id as "userId", a.name, a.description, a.size, a.status,
  a.attach_status as "attachStatus", a.migration_status as "migrationStatus", a.multiattach, a.bootable, a.host,
  a.availability_zone as "availabilityZone", a.volume_type_id as "volumeTypeId", t.name as "volumeTypeName",
  a.encryption_key_id as "encryptionKeyId", a.metadata, a.admin_metadata as "adminMetadata", a.created_at as "createdAt", a.updated_at as "updatedAt",
  (select coalesce(json_agg(json_build_object('attachmentId', l.id, 'instanceUuid', l.instance_uuid, 'host', l.attached_host,
      'mountpoint', l.mountpoint, 'attachedAt', to_char(l.attach_time, 'YYYY-MM-DD"T"HH24:MI:SS.US')) order by l.created_at), '[]')
    from attachments l where l.volume_id = a.id and not l.deleted and l.attach_status = '${TRANSITIONS.complete.attachment}') as attachments`);

export const VOLUMES = raw('volumes a left join volume_types t on t.id = a.volume_type_id');

/** The volume `a`, where the caller may see it. */
export const theOne = (caller: Caller, id: string): Sql =>
  sql`a.id = ${known(id)} and not a.deleted and (${caller.isAdmin} or a.project_id = ${caller.projectId})`;

const text = (name: string) => ({ name: `a.${name}`, type: 'text' as const });
const stamp = (name: string) => ({ name: `a.${name}`, type: 'timestamptz' as const });

const BOOLEANS: Record<string, boolean> = { true: true, '1': true, false: false, '0': false };

export const VOLUME_LIST: ListOf = {
  from: VOLUMES,
  select: VOLUME_COLUMNS,
  columns: {
    id: text('id'),
    name: text('name'),
    // Cinder's own name for it, which its command line sorts by.
    display_name: text('name'),
    status: text('status'),
    attach_status: text('attach_status'),
    migration_status: text('migration_status'),
    availability_zone: text('availability_zone'),
    host: text('host'),
    user_id: text('user_id'),
    project_id: text('project_id'),
    volume_type_id: text('volume_type_id'),
    size: { name: 'a.size', type: 'integer' },
    bootable: { name: 'a.bootable', type: 'boolean' },
    created_at: stamp('created_at'),
    updated_at: stamp('updated_at'),
  },
  special: {
    metadata: (value) => {
      const wanted = textMap(value);
      return wanted === null ? raw('false') : sql`a.metadata @> ${JSON.stringify(wanted)}::jsonb`;
    },
    bootable: (value) => {
      const word = value.toLowerCase();
      return Object.hasOwn(BOOLEANS, word) ? sql`a.bootable = ${BOOLEANS[word]}` : raw('false');
    },
  },
  sortable: (key) => !['project_id', 'user_id', 'volume_type_id'].includes(key),
  markerNotFound: volumeNotFound,
};

/** JSON, or `{'key': 'value'}` as Cinder's clients print it; null: neither. */
function textMap(text: string): object | null {
  const value = parsed(text) ?? parsed(text.replace(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => JSON.stringify(inner)));
  return typeof value === 'object' && !Array.isArray(value) ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
