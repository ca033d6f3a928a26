import { type ServiceError, type Situation, unavailable, type UnfinishedFacts, volumeNotFound } from '@app/domain';
import type { Database } from './database.js';
import type { Caller, Promised } from './records.js';
import { type Seen, seen, situationOf } from './situation.js';
import { known, type Sql, sql } from './sql.js';

/** A volume to decide about. */
export interface Which {
  /** Names the volume `v`, and who may see it. */
  clause: Sql;
  /** The attachment that it is about. */
  attachmentId: string | null;
  absent: () => ServiceError;
}

/** The volume of that id, for whoever may see it. */
export const ofVolume = (caller: Caller, id: string): Which => ({
  clause: sql`v.id = ${known(id)} and (${caller.isAdmin} or v.project_id = ${caller.projectId})`,
  attachmentId: null,
  absent: () => volumeNotFound(id),
});

type Act<T> = (situation: Seen) => Promise<T | undefined>;

/**
 * Reads a volume's situation and acts on it: `act` decides, and writes while the volume's revision is the one that was read; its undefined
 * says that it no longer was, and all is read and decided anew, five times at most. @throws what `which` says of a volume that is not there,
 * `exhausted`, and whatever `act` refuses.
 */
export class Decisions {
  constructor(
    private readonly database: Database,
    private readonly lostAfterMs: number,
  ) {}

  on<T>({ clause, attachmentId, absent }: Which, exhausted: () => ServiceError, act: Act<T>): Promise<T> {
    return this.database.repeat(async () => {
      const row = await this.database.row(situationOf(clause, attachmentId, this.lostAfterMs));
      if (!row) throw absent();
      return act(seen(row));
    }, exhausted);
  }

  ofVolume<T>(caller: Caller, id: string, act: Act<T>): Promise<T> {
    return this.on(ofVolume(caller, id), unavailable, act);
  }
}

/** Work that is in flight already: it has been rung for. */
export const joined = ({ volume }: Situation, op: UnfinishedFacts): Promised => ({
  operationId: op.id,
  kind: op.kind,
  command: null,
  volumeId: volume.id,
  attachmentId: op.attachmentId,
  backend: volume.backend,
});
