import { randomUUID } from 'node:crypto';
import {
  qosKeyNotFound,
  qosNameTaken,
  qosSpecsInUse,
  qosSpecsNotFound,
  typeHasOtherQos,
  unavailable,
  volumeTypeNotFound,
} from '@app/domain';
import { type Database, sqlState, UNIQUE_VIOLATION } from './database.js';
import { type ListOf, page } from './pages.js';
import type { Caller, ListQuery, QosSpecsRecord, VolumeTypeRecord } from './records.js';
import { known, raw, type Sql, sql } from './sql.js';

export type NewQosSpecs = Omit<QosSpecsRecord, 'id'>;
/** `consumer` null: as it was. */
export type QosSpecsChanges = Pick<QosSpecsRecord, 'specs'> & { consumer: QosSpecsRecord['consumer'] | null };
export type QosAssociation = Pick<VolumeTypeRecord, 'id' | 'name'>;

const COLUMNS = raw('a.id, a.name, a.consumer, a.specs');

const QOS_LIST: ListOf = {
  from: raw('qos_specs a'),
  select: COLUMNS,
  columns: {
    id: { name: 'a.id', type: 'text' },
    name: { name: 'a.name', type: 'text' },
    consumer: { name: 'a.consumer', type: 'text' },
    created_at: { name: 'a.created_at', type: 'timestamptz' },
    updated_at: { name: 'a.updated_at', type: 'timestamptz' },
  },
  sortable: () => true,
  ownedByNobody: true,
  markerNotFound: qosSpecsNotFound,
};

/** QoS specs, and which volume types have them: a type has one or none. The gateway has already refused whom policy refuses. */
export class QosSpecsService {
  constructor(private readonly database: Database) {}

  list(caller: Caller, query: ListQuery): Promise<QosSpecsRecord[]> {
    return page<QosSpecsRecord>(this.database, QOS_LIST, caller, query);
  }

  /** @throws notFound */
  async find(id: string): Promise<QosSpecsRecord> {
    const found = await this.database.row<QosSpecsRecord>(sql`select ${COLUMNS} from qos_specs a where a.id = ${known(id)}`);
    if (!found) throw qosSpecsNotFound(id);
    return found;
  }

  /** @throws conflict for a name that is taken. */
  async create({ name, consumer, specs }: NewQosSpecs): Promise<QosSpecsRecord> {
    const id = randomUUID();
    await this.changed(
      sql`insert into qos_specs (id, name, consumer, specs) values (${id}, ${name}, ${consumer}, ${JSON.stringify(specs)}::jsonb) returning id`,
    ).catch((error: unknown) => {
      throw sqlState(error) === UNIQUE_VIOLATION ? qosNameTaken(name) : error;
    });
    return { id, name, consumer, specs };
  }

  /** Adds to the specs that stand. @throws notFound */
  async update(id: string, { specs, consumer }: QosSpecsChanges): Promise<void> {
    const set = await this.changed(sql`update qos_specs set specs = specs || ${JSON.stringify(specs)}::jsonb,
      consumer = coalesce(${consumer}::text, consumer), updated_at = clock_timestamp() where id = ${known(id)} returning id`);
    if (set.length === 0) throw qosSpecsNotFound(id);
  }

  /** All of them or, where one is not there, none. @throws notFound for the specs or a key. */
  async removeKeys(id: string, keys: readonly string[]): Promise<void> {
    const { specs } = await this.find(id);
    const missing = keys.find((key) => !Object.hasOwn(specs, key));
    if (missing !== undefined) throw qosKeyNotFound(id, missing);
    await this.changed(
      sql`update qos_specs set specs = specs - ${keys}::text[], updated_at = clock_timestamp() where id = ${id} returning id`,
    );
  }

  /** `force`: whatever types have them, which then have none. @throws notFound, invalid while a type has them. */
  async remove(id: string, force: boolean): Promise<void> {
    const gone = await this.changed(sql`delete from qos_specs q where q.id = ${known(id)}
      and (${force} or not exists (select 1 from volume_types t where t.qos_specs_id = q.id and not t.deleted)) returning id`);
    if (gone.length > 0) return;
    await this.find(id);
    throw qosSpecsInUse();
  }

  /** The types that have them, oldest first. @throws notFound */
  async associations(id: string): Promise<QosAssociation[]> {
    await this.find(id);
    return this.database.rows<QosAssociation>(
      sql`select t.id, t.name from volume_types t where t.qos_specs_id = ${id} and not t.deleted order by t.created_at, t.id`,
    );
  }

  /** Of two at once one is heard. @throws notFound for either, invalid for a type that has other specs. */
  async associate(id: string, typeId: string): Promise<void> {
    await this.database.repeat(async () => {
      await this.find(id);
      const [done] = await this.database.rows(associateStatement(id, typeId));
      if (done) return done;
      const { qosSpecsId } = await this.typeOf(typeId);
      // Else one of them has changed since it was read, and both are looked up anew.
      if (qosSpecsId !== null && qosSpecsId !== id) throw typeHasOtherQos(typeId, qosSpecsId);
      return undefined;
    }, unavailable);
  }

  /** A type that does not have them is left alone. @throws notFound for either. */
  async disassociate(id: string, typeId: string): Promise<void> {
    await this.find(id);
    await this.typeOf(typeId);
    await this.changed(sql`update volume_types set qos_specs_id = null, updated_at = clock_timestamp()
      where id = ${typeId} and qos_specs_id = ${id} and not deleted returning id`);
  }

  /** @throws notFound */
  async disassociateAll(id: string): Promise<void> {
    await this.find(id);
    await this.changed(sql`update volume_types set qos_specs_id = null, updated_at = clock_timestamp()
      where qos_specs_id = ${id} and not deleted returning id`);
  }

  private async typeOf(id: string): Promise<Pick<VolumeTypeRecord, 'qosSpecsId'>> {
    const type = await this.database.row<Pick<VolumeTypeRecord, 'qosSpecsId'>>(
      sql`select t.qos_specs_id as "qosSpecsId" from volume_types t where t.id = ${known(id)} and not t.deleted`,
    );
    if (!type) throw volumeTypeNotFound(id);
    return type;
  }

  private changed(statement: Sql): Promise<unknown[]> {
    return this.database.repeat(() => this.database.rows(statement), unavailable);
  }
}

/** Their row is held meanwhile: whoever deletes it waits, and then looks again. */
const associateStatement = (id: string, typeId: string): Sql => sql`with q as (select id from qos_specs where id = ${id} for key share)
  update volume_types t set qos_specs_id = q.id, updated_at = clock_timestamp() from q
  where t.id = ${known(typeId)} and not t.deleted and (t.qos_specs_id is null or t.qos_specs_id = q.id) returning t.id`;
