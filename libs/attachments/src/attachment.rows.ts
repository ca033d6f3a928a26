import { type ConnectionInfo, TRANSITIONS } from '@app/domain';
import type { AttachmentRecord } from './records.js';
import { type KeyRing, place } from './sealing.js';
import { raw } from './sql.js';

/** The connection_info of a row that was never connected: nothing to seal. */
export const NEVER_CONNECTED = '{}';

export interface AttachmentRow extends Omit<AttachmentRecord, 'connectionInfo'> {
  sealedInfo: string | null;
  /** Admin metadata of the volume, which a show puts into connection_info (spec: attachments-api §2.3). */
  format?: string | null;
}

/** The columns of an AttachmentRow, of `a`. */
export const ATTACHMENT_COLUMNS = raw(`a.id, a.volume_id as "volumeId", a.project_id as "projectId", a.instance_uuid as "instanceUuid",
  a.attach_status as "attachStatus", a.attach_mode as "attachMode", a.attach_time as "attachTime", a.detach_time as "detachTime",
  a.connection_info as "sealedInfo"`);

/** Assignments: the row is gone, and with it all that is recorded of its connection. */
export const GOES = raw(`attach_status = '${TRANSITIONS.detach.attachment}', deleted = true, deleted_at = clock_timestamp(),
  detach_time = clock_timestamp(), updated_at = clock_timestamp(), connection_info = null, connector = null, connector_digest = null`);

/** The live attachments of a volume as a JSON list of summaries: the answer of a delete. */
export const summariesOf = (volumeId: string, unless: string) =>
  raw(`(select coalesce(json_agg(json_build_object('id', r.id, 'volumeId', r.volume_id, 'projectId', r.project_id,
    'instanceUuid', r.instance_uuid, 'attachStatus', r.attach_status, 'attachMode', r.attach_mode) order by r.created_at desc, r.id desc), '[]')
  from attachments r where r.volume_id = ${volumeId} and not r.deleted and r.id is distinct from ${unless})`);

export function attachmentRecord(keys: KeyRing, row: AttachmentRow): AttachmentRecord {
  const info = openInfo(keys, row.id, row.sealedInfo);
  return recordOf(row, row.format ? { ...info, format: row.format } : info);
}

/** Without its connection_info: for answers that do not show it. */
export const attachmentSummary = (row: AttachmentRow): AttachmentRecord => recordOf(row, null);

const recordOf = (row: AttachmentRow, connectionInfo: ConnectionInfo | null): AttachmentRecord => ({
  id: row.id,
  volumeId: row.volumeId,
  projectId: row.projectId,
  instanceUuid: row.instanceUuid,
  attachStatus: row.attachStatus,
  attachMode: row.attachMode,
  attachTime: row.attachTime,
  detachTime: row.detachTime,
  connectionInfo,
});

function openInfo(keys: KeyRing, id: string, sealed: string | null): ConnectionInfo | null {
  if (sealed === null) return null;
  return sealed === NEVER_CONNECTED ? {} : (keys.open(sealed, place('attachments.connection_info', id)) as ConnectionInfo);
}
