import type { OperationKind, OperationState, ReasonClass } from '@app/domain';
import { raw, type Sql, sql } from './sql.js';
import type { TimesConfig } from './store.config.js';

/** An unfinished operation with all that may explain it. Times are in the wire's form; what they mean was asked of the database's clock. */
export interface UnfinishedRow {
  id: string;
  kind: OperationKind;
  state: Extract<OperationState, 'pending' | 'running'>;
  volumeId: string;
  attachmentId: string | null;
  instanceUuid: string | null;
  projectId: string;
  backend: string | null;
  /** Of the compute host that it is about. */
  host: string | null;
  requestId: string;
  globalRequestId: string | null;
  createdAt: string;
  ageSeconds: number;
  attempts: number;
  undoing: boolean;
  reasonClass: ReasonClass | null;
  reasonText: string | null;
  /** An attach that a delete has overtaken. */
  superseded: boolean;
  owner: string | null;
  /** Host name and process id of the owner, if he is a worker who is, or was lately, there. */
  worker: string | null;
  workerAlive: boolean;
  leaseUntil: string | null;
  /** The lease counts: nobody else may take it. */
  leased: boolean;
  nextAttemptAt: string | null;
  /** The next attempt's time counts: nobody may take it before. */
  resting: boolean;
  /** Workers that serve its backend now, and when one last did. */
  servedBy: string[];
  servedLast: string | null;
  /** The operation that must end before this one can be taken. */
  behind: string | null;
  behindKind: OperationKind | null;
}

/** A time between now and now plus the greatest length that it may have, as a claim asks it (`claim.statements.ts`). */
const restingUntil = (column: Sql, { BACKOFF_LIMIT_MS }: TimesConfig): Sql =>
  sql`(${column} between clock_timestamp() and clock_timestamp() + ${BACKOFF_LIMIT_MS} * interval '1 ms') is true`;

/**
 * What a claim would take first, or has taken: the volume's slot is one, its order is that of the promises, and a settle comes last; what
 * needs no driver waits only behind its attachment's attach.
 */
const ahead = (times: TimesConfig): Sql =>
  sql`lateral (select b.id, b.kind from operations b
    where b.volume_id = o.volume_id and b.id <> o.id and b.state in ('pending', 'running')
      and case when o.backend is null then b.attachment_id = o.attachment_id and b.kind = 'attach'
        else b.backend is not null and (b.state = 'running' or (not ${restingUntil(raw('b.next_attempt_at'), times)}
          and (b.kind = 'settle', b.revision, b.created_at) < (o.kind = 'settle', o.revision, o.created_at))) end
    order by b.state = 'running' desc, b.kind = 'settle', b.revision, b.created_at limit 1)`;

/** Oldest first. */
export const unfinishedStatement = (olderMs: number, limit: number, times: TimesConfig): Sql =>
  sql`select o.id, o.kind, o.state, o.volume_id as "volumeId", o.attachment_id as "attachmentId", a.instance_uuid as "instanceUuid",
      v.project_id as "projectId", o.backend, coalesce(nullif(o.host, ''), a.attached_host) as host, o.request_id as "requestId",
      o.global_request_id as "globalRequestId", o.created_at as "createdAt",
      extract(epoch from clock_timestamp() - o.created_at)::float8 as "ageSeconds", o.attempts, o.undoing, o.reason_class as "reasonClass",
      o.reason_text as "reasonText", o.kind = 'attach' and (a.deleted or a.generation <> o.generation) as superseded,
      o.owner, w.process as worker,
      coalesce(w.heartbeat_at > clock_timestamp() - o.lease_ms * interval '1 ms', false) as "workerAlive", o.lease_until as "leaseUntil",
      (o.lease_until between clock_timestamp() and clock_timestamp() + o.lease_ms * interval '1 ms') is true as leased,
      o.next_attempt_at as "nextAttemptAt",
      ${restingUntil(raw('o.next_attempt_at'), times)} as resting,
      s.by as "servedBy", s.last as "servedLast", b.id as behind, b.kind as "behindKind"
    from operations o join volumes v on v.id = o.volume_id left join attachments a on a.id = o.attachment_id
      left join workers w on w.id = o.owner left join ${ahead(times)} b on true,
      lateral (select coalesce(json_agg(h.process order by h.process)
            filter (where h.heartbeat_at > clock_timestamp() - ${times.BACKEND_LOST_MS} * interval '1 ms'), '[]') as by,
          max(h.heartbeat_at) as last from workers h where jsonb_exists(h.backends, o.backend)) s
    where o.state in ('pending', 'running') and o.created_at < clock_timestamp() - ${olderMs}::float8 * interval '1 ms'
    order by o.created_at, o.id limit ${limit}`;

/** An attachment that is up to its caller: nothing of ours is unfinished for it. */
export interface WaitingRow {
  id: string;
  attachStatus: 'reserved' | 'attaching';
  volumeId: string;
  projectId: string;
  instanceUuid: string | null;
  host: string | null;
  since: string;
  ageSeconds: number;
  /** Of its last operation; null where there never was one, or it is pruned. */
  requestId: string | null;
  reasonText: string | null;
}

/** Since its connection, or since its reservation; oldest first. */
export const waitingStatement = (olderMs: number, limit: number): Sql =>
  sql`select a.id, a.attach_status as "attachStatus", a.volume_id as "volumeId", a.project_id as "projectId", a.instance_uuid as "instanceUuid",
      a.attached_host as host, since.at as since, extract(epoch from clock_timestamp() - since.at)::float8 as "ageSeconds",
      last.request_id as "requestId", last.reason_text as "reasonText"
    from attachments a, lateral (select case a.attach_status when 'attaching' then coalesce(a.attach_time, a.created_at) else a.created_at end as at) since
      left join lateral (select l.request_id, l.reason_text from operations l where l.attachment_id = a.id order by l.created_at desc limit 1) last on true
    where a.attach_status in ('attaching', 'reserved') and not a.deleted and since.at < clock_timestamp() - ${olderMs}::float8 * interval '1 ms'
      and not exists (select 1 from operations u where u.attachment_id = a.id and u.state in ('pending', 'running'))
    order by since.at, a.id limit ${limit}`;
