import { randomUUID } from 'node:crypto';
import { backendFailure, resourceConflict, ServiceError, unavailable, volumeTypeNotFound } from '@app/domain';
import { type Database, sqlState, UNIQUE_VIOLATION } from './database.js';
import type { Caller, VolumeTypeRecord } from './records.js';
import { join, known, raw, type Sql, sql } from './sql.js';

export interface NewVolumeType {
  name: string;
  description: string | null;
  isPublic: boolean;
  extraSpecs: Record<string, string>;
}
export type VolumeTypeChanges = Partial<Pick<NewVolumeType, 'name' | 'description' | 'isPublic'>>;

const COLUMNS = raw(`t.id, t.name, t.description, t.is_public as "isPublic", t.extra_specs as "extraSpecs", t.qos_specs_id as "qosSpecsId",
  exists (select 1 from volume_type_encryptions e where e.volume_type_id = t.id) as encrypted`);

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
      .catch(nameTaken(type.name));
    if (!made) throw volumeTypeNotFound(type.name);
    return made;
  }

  /** `isPublic` null: public or not; either way only what the caller may see. */
  list(caller: Caller, isPublic: boolean | null): Promise<VolumeTypeRecord[]> {
    const wanted = isPublic === null ? raw('true') : sql`t.is_public = ${isPublic}`;
    return this.database.rows<VolumeTypeRecord>(
      sql`select ${COLUMNS} from volume_types t where not t.deleted and ${visible(caller)} and ${wanted} order by t.created_at desc, t.id desc`,
    );
  }

  /** @throws notFound. */
  async find(caller: Caller, nameOrId: string): Promise<VolumeTypeRecord> {
    const type = await this.named(nameOrId, visible(caller));
    if (!type) throw volumeTypeNotFound(nameOrId);
    return type;
  }

  /** The type that an operator has named for all projects, public or not. @throws notFound */
  async findDefault(nameOrId: string | null): Promise<VolumeTypeRecord> {
    const type = nameOrId === null ? undefined : await this.named(nameOrId);
    if (!type) throw new ServiceError('notFound', 'Default volume type can not be found.');
    return type;
  }

  /** @throws notFound for a type that was asked for, backend for a default that is not there. */
  async ofNewVolume(caller: Caller, asked: string | null, otherwise: string | null): Promise<VolumeTypeRecord | null> {
    if (asked !== null) return this.find(caller, asked);
    if (otherwise === null) return null;
    const type = await this.named(otherwise);
    if (!type) throw backendFailure(`The request cannot be fulfilled as the default volume type ${otherwise} cannot be found.`);
    return type;
  }

  /** Only what is given changes. @throws notFound, conflict for a name that is taken. */
  async update(caller: Caller, id: string, { name, description, isPublic }: VolumeTypeChanges): Promise<VolumeTypeRecord> {
    const type = await this.find(caller, id);
    const set = [raw('updated_at = clock_timestamp()')];
    if (name !== undefined) set.push(sql`name = ${name}`);
    if (description !== undefined) set.push(sql`description = ${description}`);
    if (isPublic !== undefined) set.push(sql`is_public = ${isPublic}`);
    await this.changed(sql`update volume_types set ${join(set, ', ')} where id = ${type.id} returning id`).catch(
      nameTaken(name ?? type.name),
    );
    return this.find(caller, type.id);
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

  private named(nameOrId: string, which: Sql = raw('true')): Promise<VolumeTypeRecord | undefined> {
    const key = known(nameOrId);
    return this.database.row<VolumeTypeRecord>(
      sql`select ${COLUMNS} from volume_types t where not t.deleted and (t.id = ${key} or t.name = ${key}) and ${which}
        order by t.id = ${key} desc limit 1`,
    );
  }

  private changed(statement: Sql): Promise<unknown[]> {
    return this.database.repeat(() => this.database.rows(statement), unavailable);
  }
}

const visible = (caller: Caller): Sql => (caller.isAdmin ? raw('true') : raw('t.is_public'));

const nameTaken = (name: string) => (error: unknown) => {
  throw sqlState(error) === UNIQUE_VIOLATION ? new ServiceError('conflict', `Volume Type ${name} already exists.`) : error;
};
