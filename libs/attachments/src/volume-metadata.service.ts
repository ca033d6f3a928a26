import { FROZEN, invalidVolume, ServiceError, unavailable, volumeNotFound } from '@app/domain';
import type { Database } from './database.js';
import type { Caller } from './records.js';
import { raw, type Sql, sql } from './sql.js';
import { theOne } from './volume.rows.js';

type Metadata = Record<string, string>;

/** The metadata that users give a volume (spec: volumes-surface §3.1). It decides nothing, so the volume's revision stays. */
export class VolumeMetadataService {
  constructor(private readonly database: Database) {}

  /** `tag` names this content, for a change that wants to have seen it. @throws notFound */
  async find(caller: Caller, id: string): Promise<{ metadata: Metadata; tag: string }> {
    const row = await this.database.row<{ metadata: Metadata; tag: string }>(
      sql`select a.metadata, ${TAG} as tag from volumes a where ${theOne(caller, id)}`,
    );
    if (!row) throw volumeNotFound(id);
    return row;
  }

  /** @throws notFound */
  async value(caller: Caller, id: string, key: string): Promise<string> {
    const value = Object.entries((await this.find(caller, id)).metadata).find(([name]) => name === key)?.[1];
    if (value === undefined) throw noSuchKey(id, key);
    return value;
  }

  /** Adds to what stands. `tags`: only while the content is one of these; null: whatever it is. @throws notFound, invalid, preconditionFailed */
  merge(caller: Caller, id: string, metadata: Metadata, tags: readonly string[] | null = null): Promise<Metadata> {
    return this.updated(caller, id, sql`a.metadata || ${JSON.stringify(metadata)}::jsonb`, tags);
  }

  /** @throws notFound, invalid, preconditionFailed */
  replace(caller: Caller, id: string, metadata: Metadata, tags: readonly string[] | null = null): Promise<Metadata> {
    return this.updated(caller, id, sql`${JSON.stringify(metadata)}::jsonb`, tags);
  }

  /** @throws notFound for a volume, or a key of it, that is not there; invalid. */
  async remove(caller: Caller, id: string, key: string): Promise<void> {
    const { before, after, status } = await this.change(caller, id, { to: sql`a.metadata - ${key}::text`, tags: null });
    if (!Object.hasOwn(before, key)) throw noSuchKey(id, key);
    if (after === null) throw frozen('Deleting', status);
  }

  private async updated(caller: Caller, id: string, to: Sql, tags: readonly string[] | null): Promise<Metadata> {
    const { after, status, isSeen } = await this.change(caller, id, { to, tags });
    if (!isSeen) throw new ServiceError('preconditionFailed', 'The metadata was changed since it was read.');
    if (after === null) throw frozen('Updating', status);
    return after;
  }

  private async change(caller: Caller, id: string, { to, tags }: { to: Sql; tags: readonly string[] | null }): Promise<Change> {
    const [row] = await this.database.repeat(
      () =>
        this.database
          .rows<Change>(sql`with a as (select a.id, a.status, a.metadata, ${isOneOf(tags)} as seen from volumes a where ${theOne(caller, id)}),
          u as (update volumes v set metadata = ${to} from a where v.id = a.id and a.seen and a.status <> all(${FROZEN}::text[]) returning v.metadata)
        select a.status, a.seen as "isSeen", a.metadata as before, (select u.metadata from u) as after from a`),
      unavailable,
    );
    if (!row) throw volumeNotFound(id);
    return row;
  }
}

interface Change {
  status: string;
  /** The content was one of those that the caller has named. */
  isSeen: boolean;
  before: Metadata;
  /** Null: nothing was changed. */
  after: Metadata | null;
}

// The database prints equal content equally, in whatever order its keys came.
const TAG = raw('md5(a.metadata::text)');
const isOneOf = (tags: readonly string[] | null): Sql => (tags === null ? raw('true') : sql`${TAG} = any(${tags}::text[])`);

const noSuchKey = (id: string, key: string) => new ServiceError('notFound', `Volume ${id} has no metadata with key ${key}.`);
const frozen = (verb: 'Updating' | 'Deleting', status: string) =>
  invalidVolume(`${verb} volume metadata is not allowed for volumes in ${status} status.`);
