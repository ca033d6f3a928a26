import { randomUUID } from 'node:crypto';
import type { Situation, WhichConnections } from '@app/domain';
import { promised, volumeAsRead } from './attachment.statements.js';
import { type NewIntent, sealIntent } from './intent.js';
import type { Caller } from './records.js';
import type { KeyRing } from './sealing.js';
import { type Sql, sql } from './sql.js';

/** A connection that the operation itself owns, until a disconnect ends it. */
export function connectIntent(keys: KeyRing, caller: Caller, situation: Situation, { intent, digest, host }: NewIntent): Sql {
  const id = randomUUID();
  return sql`with ${volumeAsRead(situation)},
    o as (insert into operations (id, kind, volume_id, backend, revision, intent, digest, host, request_id, global_request_id)
      select ${id}, 'connect', v.id, v.backend, v.revision, ${sealIntent(keys, id, intent)}, ${digest}, ${host}, ${caller.requestId},
        ${caller.globalRequestId} from v returning *)
    ${promised('volume.connect')}`;
}

/** By digest or host, or all; an abandoned one by itself (as `isMeant` of the domain's guards says it). */
const isMeant = (which: WhichConnections | { operationId: string }): Sql => {
  if ('operationId' in which) return sql`operations.id = ${which.operationId}`;
  const { digest, host } = which;
  return sql`(${digest === null && host === ''} or operations.digest = ${digest} or (${host} <> '' and operations.host = ${host}))`;
};

interface Ending {
  which: WhichConnections | { operationId: string };
  /** Goes on until it is done, whatever the driver says. */
  abandons: boolean;
}

/** What waits of the connects that it means ends; what is connected, or may be, is marked with the disconnect's own revision. */
export const disconnectIntent = (caller: Caller, situation: Situation, { which, abandons }: Ending): Sql =>
  sql`with ${volumeAsRead(situation)},
    m as (update operations set generation = v.revision, updated_at = clock_timestamp(),
        state = case when operations.state = 'pending' then 'failed' else operations.state end,
        reason_class = case when operations.state = 'pending' then 'superseded' else operations.reason_class end,
        finished_at = case when operations.state = 'pending' then clock_timestamp() else operations.finished_at end,
        intent = case when operations.state = 'pending' and not operations.touched then null else operations.intent end, result = null
      from v where operations.volume_id = v.id and operations.kind = 'connect' and (operations.touched or operations.state = 'pending')
        and ${isMeant(which)}),
    o as (insert into operations (id, kind, volume_id, backend, revision, abandons, by_service, request_id, global_request_id)
      select ${randomUUID()}, 'disconnect', v.id, v.backend, v.revision, ${abandons}, ${abandons ? null : caller.isService}::boolean, ${caller.requestId}, ${caller.globalRequestId} from v returning *)
    ${promised('volume.disconnect')}`;
