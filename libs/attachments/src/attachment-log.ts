import { attachmentNotFound } from '@app/domain';
import type { Database } from './database.js';
import { ATTACHMENT_LIST, page } from './pages.js';
import type { AttachmentRecord, Caller, ListQuery } from './records.js';
import { raw, sql } from './sql.js';

/** An attachment for people: whether it is connected, not how. All times as AttachmentRecord's. */
export interface AttachmentSummary extends Omit<AttachmentRecord, 'connectionInfo'> {
  host: string | null;
  mountpoint: string | null;
  /** A connection_info is there, sealed. */
  connected: boolean;
  createdAt: string;
  updatedAt: string | null;
}

const SUMMARY =
  raw(`a.id, a.volume_id as "volumeId", a.project_id as "projectId", a.instance_uuid as "instanceUuid", a.attach_status as "attachStatus",
  a.attach_mode as "attachMode", a.attached_host as host, a.mountpoint, coalesce(a.connection_info, '{}') <> '{}' as connected,
  a.attach_time as "attachTime", a.detach_time as "detachTime", a.created_at as "createdAt", a.updated_at as "updatedAt"`);

/** Attachments to be read by an administrator: no key is needed, since nothing is opened. */
export class AttachmentLog {
  constructor(private readonly database: Database) {}

  list(caller: Caller, query: ListQuery): Promise<AttachmentSummary[]> {
    return page<AttachmentSummary>(this.database, { ...ATTACHMENT_LIST, select: SUMMARY }, caller, query);
  }

  /** @throws notFound. */
  async find(id: string): Promise<AttachmentSummary> {
    const found = await this.database.row<AttachmentSummary>(
      sql`select ${SUMMARY} from attachments a where a.id = ${id} and not a.deleted`,
    );
    if (!found) throw attachmentNotFound(id);
    return found;
  }
}
