import type { Database } from './database.js';
import { sql } from './sql.js';

/** Detaches and disconnects of the last day, as far as they have not been pruned. */
export interface DetachCallers {
  services: number;
  users: number;
}

export async function detachCallers(database: Database): Promise<DetachCallers> {
  const row = await database.row<DetachCallers>(sql`select count(*) filter (where by_service)::int as services,
      count(*) filter (where not by_service)::int as users
    from operations where kind in ('detach', 'disconnect') and created_at > clock_timestamp() - interval '1 day'`);
  return row ?? { services: 0, users: 0 };
}
