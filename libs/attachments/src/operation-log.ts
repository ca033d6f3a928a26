import { type OperationKind, type OperationState, ServiceError } from '@app/domain';
import type { Database } from './database.js';
import { join, raw, type Sql, sql } from './sql.js';

/** An operation for people: no intent, no secret. All times as AttachmentRecord's. */
export interface OperationRecord {
  id: string;
  kind: OperationKind;
  state: OperationState;
  volumeId: string;
  attachmentId: string | null;
  backend: string | null;
  host: string;
  /** A driver holds, or may hold, what it has asked for. */
  touched: boolean;
  attempts: number;
  undoing: boolean;
  owner: string | null;
  number: string | null;
  leaseUntil: string | null;
  nextAttemptAt: string | null;
  reasonClass: string | null;
  reasonText: string | null;
  requestId: string;
  globalRequestId: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export interface OperationFilter {
  limit: number;
  unfinished: boolean;
  volumeId?: string;
  attachmentId?: string;
}

const COLUMNS =
  raw(`o.id, o.kind, o.state, o.volume_id as "volumeId", o.attachment_id as "attachmentId", o.backend, o.host, o.touched, o.attempts, o.undoing,
  o.owner, o.number::text as number, o.lease_until as "leaseUntil", o.next_attempt_at as "nextAttemptAt", o.reason_class as "reasonClass",
  o.reason_text as "reasonText", o.request_id as "requestId", o.global_request_id as "globalRequestId", o.created_at as "createdAt",
  o.finished_at as "finishedAt"`);

/** What was promised and what came of it, to be read; newest first. */
export class OperationLog {
  constructor(private readonly database: Database) {}

  list({ limit, unfinished, volumeId, attachmentId }: OperationFilter): Promise<OperationRecord[]> {
    const conditions: Sql[] = [unfinished ? raw(`o.state in ('pending', 'running')`) : raw('true')];
    if (volumeId !== undefined) conditions.push(sql`o.volume_id = ${volumeId}`);
    if (attachmentId !== undefined) conditions.push(sql`o.attachment_id = ${attachmentId}`);
    return this.database.rows<OperationRecord>(
      sql`select ${COLUMNS} from operations o where ${join(conditions, ' and ')} order by o.created_at desc, o.id desc limit ${limit}`,
    );
  }

  /** @throws notFound. */
  async find(id: string): Promise<OperationRecord> {
    const found = await this.database.row<OperationRecord>(sql`select ${COLUMNS} from operations o where o.id = ${id}`);
    if (!found) throw new ServiceError('notFound', `Operation ${id} could not be found.`);
    return found;
  }
}
