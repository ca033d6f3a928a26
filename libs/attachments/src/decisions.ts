import { unavailable, volumeNotFound } from '@app/domain';
import type { Database } from './database.js';
import type { Caller } from './records.js';
import { type Seen, seen, situationOf } from './situation.js';
import { known, type Sql, sql } from './sql.js';

/** The volume `v` of that id, for whoever may see it. */
export const visibleVolume = (caller: Caller, id: string): Sql =>
  sql`v.id = ${known(id)} and (${caller.isAdmin} or v.project_id = ${caller.projectId})`;

/**
 * Reads a volume's situation and acts on it: `act` decides, and writes while the volume's revision is the one that was read; its undefined
 * says that it no longer was, and all is read and decided anew. @throws notFound, and whatever `act` refuses.
 */
export class Decisions {
  constructor(
    private readonly database: Database,
    private readonly lostAfterMs: number,
  ) {}

  ofVolume<T>(caller: Caller, id: string, act: (situation: Seen) => Promise<T | undefined>): Promise<T> {
    return this.database.repeat(async () => {
      const row = await this.database.row(situationOf(visibleVolume(caller, id), null, this.lostAfterMs));
      if (!row) throw volumeNotFound(id);
      return act(seen(row));
    }, unavailable);
  }
}
