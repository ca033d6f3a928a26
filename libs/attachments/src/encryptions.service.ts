import { randomUUID } from 'node:crypto';
import { ServiceError, unavailable, volumeNotFound } from '@app/domain';
import type { Database } from './database.js';
import type { Caller, EncryptionRecord, VolumeEncryption } from './records.js';
import { join, raw, type Sql, sql } from './sql.js';
import type { VolumeTypesService } from './volume-types.service.js';
import { theOne } from './volume.rows.js';

export type NewEncryption = Pick<EncryptionRecord, 'provider' | 'controlLocation' | 'cipher' | 'keySize'>;

const COLUMNS =
  raw(`e.id, e.volume_type_id as "volumeTypeId", e.provider, e.control_location as "controlLocation", e.cipher, e.key_size as "keySize",
  e.created_at as "createdAt", e.updated_at as "updatedAt"`);

/** How volumes are encrypted: their type says it, and while one is of it, it stays said (spec: volumes-surface §3.2, §4). */
export class EncryptionsService {
  constructor(
    private readonly database: Database,
    private readonly types: VolumeTypesService,
  ) {}

  /** Null: the type's volumes are not encrypted. @throws notFound for the type. */
  async find(caller: Caller, typeId: string): Promise<EncryptionRecord | null> {
    const { id } = await this.types.find(caller, typeId);
    const found = await this.database.row<EncryptionRecord>(
      sql`select ${COLUMNS} from volume_type_encryptions e where e.volume_type_id = ${id}`,
    );
    return found ?? null;
  }

  /** @throws notFound, invalid */
  async create(caller: Caller, typeId: string, { provider, controlLocation, cipher, keySize }: NewEncryption): Promise<EncryptionRecord> {
    const { id } = await this.types.find(caller, typeId);
    const made = await this.unlessUsed(
      id,
      'create',
      sql`insert into volume_type_encryptions as e (id, volume_type_id, provider, control_location, cipher, key_size)
        select ${randomUUID()}, ${id}, ${provider}, ${controlLocation}, ${cipher}, ${keySize}::integer from u where not u.used
        on conflict (volume_type_id) do nothing returning ${COLUMNS}`,
    );
    if (!made) throw new ServiceError('invalid', `Volume type encryption for type ${id} already exists.`);
    return made;
  }

  /** Only what is given changes. @throws notFound, invalid */
  async update(caller: Caller, typeId: string, changes: Partial<NewEncryption>): Promise<void> {
    const { id } = await this.types.find(caller, typeId);
    const set = [raw('updated_at = clock_timestamp()')];
    if (changes.provider !== undefined) set.push(sql`provider = ${changes.provider}`);
    if (changes.controlLocation !== undefined) set.push(sql`control_location = ${changes.controlLocation}`);
    if (changes.cipher !== undefined) set.push(sql`cipher = ${changes.cipher}`);
    if (changes.keySize !== undefined) set.push(sql`key_size = ${changes.keySize}`);
    const write = sql`update volume_type_encryptions e set ${join(set, ', ')} from u where ${ofUnused(id)} returning ${COLUMNS}`;
    if (!(await this.unlessUsed(id, 'update', write))) throw encryptionNotFound(id);
  }

  /** @throws notFound, invalid */
  async remove(caller: Caller, typeId: string): Promise<void> {
    const { id } = await this.types.find(caller, typeId);
    const write = sql`delete from volume_type_encryptions e using u where ${ofUnused(id)} returning ${COLUMNS}`;
    if (!(await this.unlessUsed(id, 'delete', write))) throw encryptionNotFound(id);
  }

  /** @throws notFound */
  async ofVolume(caller: Caller, volumeId: string): Promise<VolumeEncryption> {
    const row = await this.database.row<VolumeEncryption>(
      sql`select a.encryption_key_id as "encryptionKeyId", e.provider, e.control_location as "controlLocation", e.cipher, e.key_size as "keySize"
        from volumes a left join volume_type_encryptions e on e.volume_type_id = a.volume_type_id where ${theOne(caller, volumeId)}`,
    );
    if (!row) throw volumeNotFound(volumeId);
    return row;
  }

  /** `write` sees whether the type is in use as `u.used`. Undefined: it is not, and nothing was written all the same. @throws invalid */
  private async unlessUsed(typeId: string, verb: string, write: Sql): Promise<EncryptionRecord | undefined> {
    const [row] = await this.database.repeat(
      () =>
        this.database.rows<EncryptionRecord & { used: boolean }>(
          sql`with u as (select exists (select 1 from volumes v where v.volume_type_id = ${typeId} and not v.deleted) as used), w as (${write})
            select u.used, w.* from u left join w on true`,
        ),
      unavailable,
    );
    if (row?.used) throw new ServiceError('invalid', `Cannot ${verb} encryption specs. Volume type in use.`);
    return (row?.id as string | null) === null ? undefined : row;
  }
}

const ofUnused = (typeId: string): Sql => sql`e.volume_type_id = ${typeId} and not u.used`;

export const encryptionNotFound = (typeId: string) =>
  new ServiceError('notFound', `Volume type encryption for type ${typeId} does not exist.`);
