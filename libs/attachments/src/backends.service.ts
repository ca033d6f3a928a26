import { answersTo, unavailable } from '@app/domain';
import type { Database } from './database.js';
import { raw, type Sql, sql } from './sql.js';
import type { TimesConfig } from './store.config.js';

/** A backend as a worker announces it. */
export interface ServedBackend {
  name: string;
  pool: string;
  driver: string;
}

/** A backend as the rows show it: one line for each worker that serves, or served, it. */
export interface BackendRecord extends ServedBackend {
  worker: string;
  heartbeatAt: string;
  up: boolean;
}

/** Which backends are served, and by whom: workers say so by a heartbeat, everybody else reads it. */
export class BackendsService {
  constructor(
    private readonly database: Database,
    private readonly times: TimesConfig,
  ) {}

  /** Announces a worker and keeps it announced; called at start and with each renewal of its leases. */
  async serve(owner: string, process: string, backends: readonly ServedBackend[]): Promise<void> {
    const served = Object.fromEntries(backends.map(({ name, pool, driver }) => [name, { pool, driver }]));
    await this.repeated(sql`insert into workers (id, process, backends) values (${owner}, ${process}, ${JSON.stringify(served)}::jsonb)
      on conflict (id) do update set heartbeat_at = clock_timestamp(), backends = excluded.backends`);
  }

  /** A worker that has drained says so: nobody then waits for it. Long-dead ones are swept out with it. */
  async leave(owner: string): Promise<void> {
    await this.repeated(sql`delete from workers where id = ${owner} or heartbeat_at < clock_timestamp() - interval '1 day'`);
  }

  async list(): Promise<BackendRecord[]> {
    return this.database.rows<BackendRecord>(sql`select b.key as name, b.value->>'pool' as pool, b.value->>'driver' as driver,
        w.process as worker, w.heartbeat_at as "heartbeatAt",
        w.heartbeat_at > clock_timestamp() - ${this.times.BACKEND_LOST_MS} * interval '1 ms' as up
      from workers w, jsonb_each(w.backends) b order by b.key, w.started_at`);
  }

  /** How many backends have volumes, and which of them no worker serves. One look into the index for each, however many volumes there are. */
  async placedOn(): Promise<{ backends: number; unserved: string[] }> {
    const rows = await this.database.rows<{ name: string; up: boolean }>(sql`with recursive placed (name) as (
        (select backend from volumes where not deleted and backend > '' order by backend limit 1)
        union all
        select (select v.backend from volumes v where not v.deleted and v.backend > p.name order by v.backend limit 1) from placed p where p.name is not null)
      select p.name, exists (select 1 from workers w where w.backends ? p.name
        and w.heartbeat_at > clock_timestamp() - ${this.times.BACKEND_LOST_MS} * interval '1 ms') as up
      from placed p where p.name is not null`);
    return { backends: rows.length, unserved: rows.filter(({ up }) => !up).map(({ name }) => name) };
  }

  /** Whether the rows show this worker as one that serves. */
  async isServing(owner: string): Promise<boolean> {
    const [row] = await this.database.rows(
      sql`select 1 from workers where id = ${owner} and heartbeat_at > clock_timestamp() - ${this.times.BACKEND_LOST_MS} * interval '1 ms'`,
    );
    return row !== undefined;
  }

  /** Resolves when the database has answered. */
  async ping(): Promise<void> {
    await this.database.rows(raw('select 1'));
  }

  /** A place `host@backend#pool` for a new volume: the backend that its type names, else round robin. Null: no such backend is up. */
  async place(wanted: string | undefined): Promise<string | null> {
    const up = (await this.list()).filter((backend) => backend.up && (wanted === undefined || answersTo(backend.name, wanted)));
    const places = [...new Set(up.map(({ name, pool }) => `${name}#${pool}`))];
    if (places.length === 0) return null;
    const turn = await this.database.row<{ turn: string }>(sql`select nextval('placements') as turn`);
    return places[Number(BigInt(turn?.turn ?? 0) % BigInt(places.length))] ?? null;
  }

  /** After a backend's server lost its memory with its process: every volume of it that is connected is settled anew. */
  async settleAll(backend: string, requestId: string): Promise<number> {
    const made = await this.repeated(sql`insert into operations (id, kind, volume_id, backend, revision, request_id)
      select gen_random_uuid()::text, 'settle', v.id, v.backend, v.revision, ${requestId} from volumes v
      where v.backend = ${backend} and not v.deleted
        and (exists (select 1 from attachments a where a.volume_id = v.id and not a.deleted and a.connector is not null)
          or exists (select 1 from operations c where c.volume_id = v.id and c.kind = 'connect' and c.touched))
        and not exists (select 1 from operations s where s.volume_id = v.id and s.kind = 'settle' and s.state = 'pending') returning id`);
    return made.length;
  }

  private repeated(statement: Sql): Promise<unknown[]> {
    return this.database.repeat(() => this.database.rows(statement), unavailable);
  }
}
