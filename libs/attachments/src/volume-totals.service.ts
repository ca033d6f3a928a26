import type { Database } from './database.js';
import { matching } from './pages.js';
import type { Caller, ListQuery } from './records.js';
import { sql } from './sql.js';
import { VOLUME_LIST } from './volume.rows.js';

export interface VolumeTotals {
  volumes: number;
  /** Together. */
  gigabytes: number;
}

/** Sums over volumes, for quotas and overviews. */
export class VolumeTotalsService {
  constructor(private readonly database: Database) {}

  /** What a project has, whatever state it is in. */
  async ofProject(projectId: string): Promise<VolumeTotals> {
    const row = await this.database.row<VolumeTotals>(
      sql`select count(*)::int as volumes, coalesce(sum(size), 0)::float8 as gigabytes from volumes where project_id = ${projectId} and not deleted`,
    );
    return row ?? NOTHING;
  }

  /** What the pages of this query hold together. */
  async of(caller: Caller, query: ListQuery): Promise<VolumeTotals> {
    const which = matching(VOLUME_LIST, caller, query);
    if (which === null) return NOTHING;
    const row = await this.database.row<VolumeTotals>(
      sql`select count(*)::int as volumes, coalesce(sum(a.size), 0)::float8 as gigabytes from ${which}`,
    );
    return row ?? NOTHING;
  }

  /** Every value that each key of their metadata has. */
  async metadataOf(caller: Caller, query: ListQuery): Promise<Record<string, string[]>> {
    const which = matching(VOLUME_LIST, caller, query);
    if (which === null) return {};
    const rows = await this.database.rows<{ key: string; values: string[] }>(
      sql`select m.key, array_agg(distinct m.value order by m.value) as values
        from (select a.metadata from ${which}) s, jsonb_each_text(s.metadata) m group by m.key order by m.key`,
    );
    return Object.fromEntries(rows.map(({ key, values }) => [key, values]));
  }
}

const NOTHING: VolumeTotals = { volumes: 0, gigabytes: 0 };
