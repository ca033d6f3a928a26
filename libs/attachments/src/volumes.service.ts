import { randomUUID } from 'node:crypto';
import {
  FROZEN,
  invalidVolume,
  mayCreateVolume,
  mayDeleteVolume,
  type NewVolumeRules,
  NO_RULES,
  type Situation,
  TRANSITIONS,
  unavailable,
  volumeNotFound,
} from '@app/domain';
import { GOES } from './attachment.rows.js';
import { promised, volumeAsRead, volumeWith } from './attachment.statements.js';
import type { BackendsService } from './backends.service.js';
import type { Database } from './database.js';
import { behindCommit } from './database-failure.js';
import type { Decisions } from './decisions.js';
import { countOf, page } from './pages.js';
import type { Caller, ListQuery, Promised, VolumeRecord } from './records.js';
import { join, raw, type Sql, sql } from './sql.js';
import { theOne, VOLUME_COLUMNS, VOLUME_LIST, VOLUMES } from './volume.rows.js';
import type { VolumeTypesService } from './volume-types.service.js';

const DEFAULT_ZONE = 'nova';

export interface NewVolume {
  /** In GiB. */
  size: number;
  name: string | null;
  description: string | null;
  metadata: Record<string, string>;
  /** Name or id. */
  volumeType: string | null;
  availabilityZone: string | null;
}
interface NewlyMade {
  volume: VolumeRecord;
  /** Null: nobody could be found to make it. */
  promised: Promised | null;
}
export type VolumeChanges = Partial<Pick<NewVolume, 'name' | 'description' | 'metadata'>>;

/** Volumes, as far as attachments need them. */
export class VolumesService {
  constructor(
    private readonly database: Database,
    private readonly types: VolumeTypesService,
    private readonly backends: BackendsService,
    private readonly decisions: Decisions,
  ) {}

  /** @throws notFound, also for what belongs to another project. */
  async find(caller: Caller, id: string): Promise<VolumeRecord> {
    const row = await this.database.row<VolumeRecord>(sql`select ${VOLUME_COLUMNS} from ${VOLUMES} where ${theOne(caller, id)}`);
    if (!row) throw volumeNotFound(id);
    return row;
  }

  list(caller: Caller, query: ListQuery): Promise<VolumeRecord[]> {
    return page<VolumeRecord>(this.database, VOLUME_LIST, caller, query);
  }

  /** Of all pages together. */
  count(caller: Caller, query: ListQuery): Promise<number> {
    return countOf(this.database, VOLUME_LIST, caller, query);
  }

  /** @throws notFound for an unknown type, invalid, tooLarge. Without a backend that is up it is in error at once, as after a failed scheduling. */
  async create(caller: Caller, request: NewVolume, rules: NewVolumeRules = NO_RULES): Promise<NewlyMade> {
    const type = await this.types.ofNewVolume(caller, request.volumeType, rules.defaultType);
    const { multiattach, encryptionKeyId } = mayCreateVolume(request.size, type, rules);
    const place = await this.backends.place(type?.extraSpecs.volume_backend_name);
    const status = place === null ? TRANSITIONS.volumeNotCreated.volume : TRANSITIONS.createVolume.volume;
    const id = randomUUID();
    const made = sql`v as (insert into volumes (id, project_id, user_id, name, description, size, status, attach_status, multiattach, host,
        availability_zone, volume_type_id, encryption_key_id, metadata) values (${id}, ${caller.projectId}, ${caller.userId}, ${request.name}, ${request.description},
        ${request.size}, ${status}, ${TRANSITIONS.createVolume.volumeAttachStatus}, ${multiattach}, ${place},
        ${request.availabilityZone ?? DEFAULT_ZONE}, ${type?.id ?? null}, ${encryptionKeyId}, ${JSON.stringify(request.metadata)}::jsonb) returning *)`;
    const begun = await this.database.row<Promised>(
      sql`with ${made}, o as (${operation('create-volume', caller, raw('v where v.host is not null'))}) ${promised('volume.create')}`,
    );
    return { volume: await behindCommit(this.find(caller, id)), promised: begun ?? null };
  }

  /** Only the keys that are given change. @throws notFound, invalid. */
  async update(caller: Caller, id: string, changes: VolumeChanges): Promise<VolumeRecord> {
    const set = [raw('updated_at = clock_timestamp()')];
    if (changes.name !== undefined) set.push(sql`name = ${changes.name}`);
    if (changes.description !== undefined) set.push(sql`description = ${changes.description}`);
    if (changes.metadata !== undefined) set.push(sql`metadata = ${JSON.stringify(changes.metadata)}::jsonb`);
    const where = sql`${theOne(caller, id)} and a.status <> ${FROZEN[0]}`;
    const changed = await this.database.repeat(
      () => this.database.rows(sql`update volumes a set ${join(set, ', ')} where ${where} returning id`),
      unavailable,
    );
    const volume = await behindCommit(this.find(caller, id));
    if (changed.length === 0) throw invalidVolume('The volume cannot be updated during maintenance.');
    return volume;
  }

  /** @throws notFound, invalid. Null: the volume never had a place, so its row went at once. By `force` whatever its status is. */
  beginDelete(caller: Caller, id: string, force = false): Promise<Promised | null> {
    return this.decisions.ofVolume<Promised | null>(caller, id, async (situation) => {
      mayDeleteVolume(situation, force);
      const { volume } = situation;
      if (volume.backend === null) return (await this.database.row(removed(situation))) === undefined ? undefined : null;
      return this.database.row<Promised>(sql`with ${volumeAsRead(situation, TRANSITIONS.deleteVolume.volume)},
        o as (${operation('delete-volume', caller, raw('v'))}) ${promised('volume.delete')}`);
    });
  }
}

const removed = (situation: Situation): Sql =>
  sql`with ${volumeWith(situation, sql`status = ${TRANSITIONS.volumeDeleted.volume}, deleted = true, deleted_at = clock_timestamp()`)},
    a as (update attachments set ${GOES} from v where attachments.volume_id = v.id and not attachments.deleted)
    select id from v`;

const operation = (kind: 'create-volume' | 'delete-volume', caller: Caller, from: Sql): Sql =>
  sql`insert into operations (id, kind, volume_id, backend, revision, request_id, global_request_id)
    select ${randomUUID()}, ${kind}, v.id, v.backend, v.revision, ${caller.requestId}, ${caller.globalRequestId} from ${from} returning *`;
