import { randomUUID } from 'node:crypto';
import { resourceConflict, ServiceError, unavailable, volumeTypeNotFound } from '@app/domain';
import { type Database, sqlState, UNIQUE_VIOLATION } from './database.js';
import type { Caller, VolumeTypeRecord } from './records.js';
import { known, raw, type Sql, sql } from './sql.js';

export interface NewVolumeType {
  name: string;
  description: string | null;
  isPublic: boolean;
  extraSpecs: Record<string, string>;
}

const COLUMNS = raw('t.id, t.name, t.description, t.is_public as "isPublic", t.extra_specs as "extraSpecs"');

/** Volume types: what makes a volume multiattach, and where it is placed. The gateway has already refused whom policy refuses. */
export class VolumeTypesService {
  constructor(private readonly database: Database) {}

  /** @throws conflict for a name that is taken. */
  async create(_caller: Caller, type: NewVolumeType): Promise<VolumeTypeRecord> {
    const made = await this.database
      .row<VolumeTypeRecord>(
        sql`insert into volume_types as t (id, name, description, is_public, extra_specs)
          values (${randomUUID()}, ${type.name}, ${type.description}, ${type.isPublic}, ${JSON.stringify(type.extraSpecs)}::jsonb) returning ${COLUMNS}`,
      )
      .catch((error: unknown) => {
        throw sqlState(error) === UNIQUE_VIOLATION ? new ServiceError('conflict', `Volume Type ${type.name} already exists.`) : error;
      });
    if (!made) throw volumeTypeNotFound(type.name);
    return made;
  }

  list(caller: Caller): Promise<VolumeTypeRecord[]> {
    return this.database.rows<VolumeTypeRecord>(
      sql`select ${COLUMNS} from volume_types t where not t.deleted and ${visible(caller)} order by t.created_at desc, t.id desc`,
    );
  }

  /** @throws notFound. */
  async find(caller: Caller, nameOrId: string): Promise<VolumeTypeRecord> {
    const key = known(nameOrId);
    const type = await this.database.row<VolumeTypeRecord>(
      sql`select ${COLUMNS} from volume_types t where not t.deleted and (t.id = ${key} or t.name = ${key}) and ${visible(caller)}
        order by t.id = ${key} desc limit 1`,
    );
    if (!type) throw volumeTypeNotFound(nameOrId);
    return type;
  }

  /** @throws notFound, conflict while a volume is of this type. */
  async remove(caller: Caller, id: string): Promise<void> {
    const type = await this.find(caller, id);
    const gone = await this.changed(sql`update volume_types set deleted = true, deleted_at = clock_timestamp()
      where id = ${type.id} and not exists (select 1 from volumes v where v.volume_type_id = volume_types.id and not v.deleted) returning id`);
    if (gone.length === 0) throw resourceConflict(`Volume Type ${type.id} deletion is not allowed with volumes present with the type.`);
  }

  /** Adds to the specs that stand. @throws notFound. */
  async setExtraSpecs(caller: Caller, id: string, specs: Record<string, string>): Promise<Record<string, string>> {
    const type = await this.find(caller, id);
    await this.changed(sql`update volume_types set extra_specs = extra_specs || ${JSON.stringify(specs)}::jsonb,
      updated_at = clock_timestamp() where id = ${type.id} returning id`);
    return specs;
  }

  async extraSpecs(caller: Caller, id: string): Promise<Record<string, string>> {
    return (await this.find(caller, id)).extraSpecs;
  }

  /** @throws notFound for a type, or a key of it, that is not there. */
  async removeExtraSpec(caller: Caller, id: string, key: string): Promise<void> {
    const type = await this.find(caller, id);
    if (!Object.hasOwn(type.extraSpecs, key))
      throw new ServiceError('notFound', `Volume Type ${type.id} has no extra specs with key ${key}.`);
    await this.changed(
      sql`update volume_types set extra_specs = extra_specs - ${key}::text, updated_at = clock_timestamp() where id = ${type.id} returning id`,
    );
  }

  private changed(statement: Sql): Promise<unknown[]> {
    return this.database.repeat(() => this.database.rows(statement), unavailable);
  }
}

const visible = (caller: Caller): Sql => (caller.isAdmin ? raw('true') : raw('t.is_public'));
