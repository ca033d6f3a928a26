import { HOSTS_AMONG, type OperationKind } from '@app/domain';
import { raw, type Sql, sql } from './sql.js';
import type { TimesConfig } from './store.config.js';

/** Who claims, and what he serves. */
export interface Claimant {
  owner: string;
  /** Backends whose drivers he has; empty: only what needs no driver. */
  backends: readonly string[];
}

/**
 * A time counts only while it lies between now and now + its own greatest length, so a clock that jumps delays nobody (design §5). A lease
 * brings its length along: processes may be configured differently while one version replaces another.
 */
const due = (times: TimesConfig): Sql =>
  sql`o.state in ('pending', 'running')
    and (o.lease_until between clock_timestamp() and clock_timestamp() + o.lease_ms * interval '1 ms') is not true
    and (o.next_attempt_at between clock_timestamp() and clock_timestamp() + ${times.BACKOFF_LIMIT_MS} * interval '1 ms') is not true`;

/** A volume has one slot for drivers; what needs none waits only behind its own attachment's attach (design §5). */
const mayRun = ({ backends }: Claimant): Sql =>
  sql`case when o.backend is null
    then not exists (select 1 from operations b where b.attachment_id = o.attachment_id and b.kind = 'attach' and b.state in ('pending', 'running'))
    else o.backend = any(${backends}::text[]) and not exists (select 1 from operations r
      where r.volume_id = o.volume_id and r.backend is not null and r.state = 'running' and r.id <> o.id) end`;

/** Connections that operations own: one `stands` when it is made and no disconnect of it is promised, it is `mine` when this disconnect was. */
const CONNECTED =
  raw(`(select coalesce(json_agg(json_build_object('id', e.id, 'intent', e.intent, 'stands', e.state = 'succeeded' and e.generation = 0, 'mine', e.generation = c.revision) order by e.revision), '[]')
  from operations e where e.volume_id = v.id and e.kind = 'connect' and e.id <> c.id and e.touched and e.intent is not null)`);

/** Takes the volume's oldest unfinished operation that is due; a settle only when nothing else waits, since it is about all the others. */
export const claimStatement = (volumeId: string, claimant: Claimant, times: TimesConfig): Sql => sql`
  with next as (
    select o.id from operations o where o.volume_id = ${volumeId} and ${due(times)} and ${mayRun(claimant)}
    order by o.kind = 'settle', o.revision, o.created_at limit 1),
  c as (
    update operations o set state = 'running', owner = ${claimant.owner}, number = nextval('claim_numbers'), attempts = attempts + 1,
      lease_until = clock_timestamp() + ${times.LEASE_MS} * interval '1 ms', lease_ms = ${times.LEASE_MS},
      next_attempt_at = clock_timestamp() + least(${times.BACKOFF_LIMIT_MS}, ${times.BACKOFF_MS} * 2 ^ least(attempts, 20)) * interval '1 ms',
      touched = touched or kind in ('attach', 'connect'), updated_at = clock_timestamp()
    from next where o.id = next.id returning o.*)
  select c.id, c.kind, c.backend, c.number, c.generation, c.attempts, c.abandons, c.intent, c.undoing, c.size as "sizeWanted", c.request_id as "requestId", c.attachment_id as "attachmentId",
    c.reason_class as "reasonClass", c.reason_text as "reasonText",
    extract(epoch from clock_timestamp() - c.created_at)::float8 * 1000 as "ageMs",
    c.global_request_id as "globalRequestId", v.project_id as "projectId", v.id as "volumeId", v.size, v.multiattach, v.provider_location as "providerLocation", v.encryption_key_id is not null as encrypted,
    t.extra_specs as "extraSpecs",
    case when c.kind in ('attach', 'connect') then (select q.specs from qos_specs q where q.id = t.qos_specs_id and q.consumer = any(${HOSTS_AMONG}::text[])) end as "qosSpecs",
    a.generation as "rowGeneration", a.deleted as "rowDeleted", a.connector,
    case when c.kind in ('attach', 'detach') then (select coalesce(json_agg(json_build_object('id', e.id, 'intent', e.intent)), '[]') from operations e
      where e.attachment_id = c.attachment_id and e.id <> c.id and e.touched and e.intent is not null) end as touched,
    case when c.kind in ('connect', 'disconnect', 'settle') then ${CONNECTED} end as connected,
    case when c.kind = 'settle' then (select coalesce(json_agg(json_build_object('id', l.id, 'connector', l.connector)), '[]') from attachments l
      where l.volume_id = v.id and not l.deleted and l.connector is not null and l.connection_info <> '{}') end as live,
    (select count(*)::int from attachments u where u.volume_id = v.id and not u.deleted and u.id is distinct from c.attachment_id
      and u.connector is not null)
    + (select count(*)::int from operations n where n.volume_id = v.id and n.kind = 'connect' and n.touched and n.id <> c.id
      and (c.kind <> 'disconnect' or n.generation <> c.revision)) as "othersConnected"
  from c join volumes v on v.id = c.volume_id left join volume_types t on t.id = v.volume_type_id left join attachments a on a.id = c.attachment_id`;

export interface ClaimRow {
  id: string;
  kind: OperationKind;
  backend: string | null;
  number: string;
  generation: string;
  attempts: number;
  abandons: boolean;
  intent: string | null;
  undoing: boolean;
  sizeWanted: number | null;
  requestId: string;
  globalRequestId: string | null;
  projectId: string;
  attachmentId: string | null;
  reasonClass: string | null;
  reasonText: string | null;
  ageMs: number;
  volumeId: string;
  size: number;
  multiattach: boolean;
  providerLocation: string | null;
  encrypted: boolean;
  extraSpecs: Record<string, string> | null;
  qosSpecs: Record<string, string> | null;
  rowGeneration: string | null;
  rowDeleted: boolean | null;
  connector: string | null;
  touched: { id: string; intent: string }[] | null;
  connected: { id: string; intent: string; stands: boolean; mine: boolean }[] | null;
  live: { id: string; connector: string }[] | null;
  othersConnected: number;
}

/** Volumes on which this claimant can do something now: who has waited longest comes first, so that nobody waits for ever where more comes than is done. */
export const dueVolumes = (claimant: Claimant, times: TimesConfig, limit: number): Sql =>
  sql`select o.volume_id as "volumeId" from operations o where ${due(times)} and ${mayRun(claimant)}
    group by o.volume_id order by min(o.created_at) limit ${limit}`;

/** Renews every claim of a process in one statement. Those that do not come back are lost. */
export const renewStatement = (owner: string, numbers: readonly string[], times: TimesConfig): Sql =>
  sql`update operations set lease_until = clock_timestamp() + ${times.LEASE_MS} * interval '1 ms'
    where owner = ${owner} and state = 'running' and number = any(${numbers}::bigint[]) returning number::text as number`;
