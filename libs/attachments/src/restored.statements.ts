import { type Sql, sql } from './sql.js';

/** More claims than a database can have missed. */
const SKIPPED_NUMBERS = 1_000_000_000;

/**
 * A backend refuses a claim's number that is below the last one it has seen, and a database that went back in time draws such numbers:
 * from here on they lie above all that were ever drawn.
 */
export const skipClaimNumbers = (): Sql =>
  sql`select setval('claim_numbers', (select last_value from claim_numbers) + ${SKIPPED_NUMBERS}::bigint)::text as number`;

/** Every volume that has a place and no settle waiting. */
const toSettle = (): Sql => sql`volumes v where v.backend is not null and not v.deleted
  and not exists (select 1 from operations s where s.volume_id = v.id and s.kind = 'settle' and s.state = 'pending')`;

export const countToSettle = (): Sql => sql`select count(*)::int as volumes from ${toSettle()}`;

/** Also of those without a connection: what was connected after the backup is held by the backend and known to no row. */
export const settleEverything = (requestId: string): Sql =>
  sql`with made as (insert into operations (id, kind, volume_id, backend, revision, request_id)
      select gen_random_uuid()::text, 'settle', v.id, v.backend, v.revision, ${requestId} from ${toSettle()} returning 1)
    select count(*)::int as volumes from made`;
