import { StartError } from '@app/domain';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { embeddedPool, type Run, wireTime } from './embedded-pool.js';
import { AttachmentEntity } from './entities/attachment.entity.js';
import { OperationEntity } from './entities/operation.entity.js';
import { QosSpecsEntity } from './entities/qos-specs.entity.js';
import { SealingCheckEntity } from './entities/sealing-check.entity.js';
import { VolumeTypeEncryptionEntity } from './entities/volume-type-encryption.entity.js';
import { VolumeTypeEntity } from './entities/volume-type.entity.js';
import { VolumeEntity } from './entities/volume.entity.js';
import { WorkerEntity } from './entities/worker.entity.js';
import { FirstTables1764000000000 } from './migrations/1764000000000-first-tables.js';
import { type LinkConfig, postgresLink } from './postgres-link.js';
import { onEmbedded, poolOf } from './statements.js';
import { PruningIndexes1764100000000 } from './migrations/1764100000000-pruning-indexes.js';
import { UnfinishedByVolume1764200000000 } from './migrations/1764200000000-unfinished-by-volume.js';
import { VolumeTypeEncryption1764300000000 } from './migrations/1764300000000-volume-type-encryption.js';
import { VolumeActions1764400000000 } from './migrations/1764400000000-volume-actions.js';
import { QosSpecs1764500000000 } from './migrations/1764500000000-qos-specs.js';
import { WhoDetached1764600000000 } from './migrations/1764600000000-who-detached.js';
import type { DatabaseConfig } from './store.config.js';

export const ENTITIES = [
  QosSpecsEntity,
  VolumeTypeEntity,
  VolumeTypeEncryptionEntity,
  VolumeEntity,
  AttachmentEntity,
  OperationEntity,
  WorkerEntity,
  SealingCheckEntity,
];
export const MIGRATIONS = [
  FirstTables1764000000000,
  PruningIndexes1764100000000,
  UnfinishedByVolume1764200000000,
  VolumeTypeEncryption1764300000000,
  VolumeActions1764400000000,
  QosSpecs1764500000000,
  WhoDetached1764600000000,
];

/** For those who have time; a gateway's callers have less. */
const CONNECT_TIMEOUT_MS = 5_000;
const ANSWER_COMES_WITHIN_MS = 2_000;
const KEEP_ALIVE_MS = 10_000;
const IDLE_TIMEOUT_MS = 600_000;

const base = {
  type: 'postgres',
  entities: ENTITIES,
  migrations: MIGRATIONS,
  installExtensions: false,
  uuidExtension: 'pgcrypto',
} as const;

export interface Manner {
  /** How long a statement waits for a connection, in ms. */
  waitMs?: number;
  /** How long it may then take, in ms; without it, as long as it likes: an index on a large table is built by one statement. */
  statementMs?: number;
  /** Every statement is planned once for each connection, whatever its parameters: for who sends a few ones, and no lists (decision 0021). */
  plansOnce?: boolean;
}

/** @throws StartError when the server cannot be reached or is too old, or is not who it should be. */
export async function openPostgres(
  config: LinkConfig & Pick<DatabaseConfig, 'DATABASE_POOL_SIZE'>,
  { waitMs = CONNECT_TIMEOUT_MS, statementMs = 0, plansOnce = false }: Manner = {},
): Promise<Database> {
  const { url, ssl } = postgresLink(config);
  const source = new DataSource({
    ...base,
    url,
    ssl,
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: waitMs,
    extra: {
      options: [
        'default_transaction_isolation=repeatable\\ read',
        'TimeZone=UTC',
        'jit=off',
        // Plans are kept, also those that were made while the tables were empty (decision 0021).
        'enable_seqscan=off',
        ...(plansOnce ? ['plan_cache_mode=force_generic_plan'] : []),
        `statement_timeout=${statementMs}`,
      ]
        .map((setting) => `-c ${setting}`)
        .join(' '),
      types: { getTypeParser },
      // A connection costs the server a process, and us every statement's preparation: one that rests is worth keeping.
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      // A connection that was cut without a word must not be waited for longer than the server would have taken.
      query_timeout: statementMs > 0 ? statementMs + ANSWER_COMES_WITHIN_MS : undefined,
      onConnect: survives,
    },
  });
  try {
    await source.initialize();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new StartError(`DATABASE_URL: the database at ${withoutPassword(config.DATABASE_URL)} cannot be used (${why}).`, { cause });
  }
  return new Database(source);
}

/** The same entities, migrations and statements on a database without a server: `run` is PGlite in this process, or a socket to the one that holds it. */
export async function openEmbedded(run: Run, close: () => Promise<void>): Promise<Database> {
  const source = new DataSource({ ...base, driver: { Pool: embeddedPool(run, close), types: {} } });
  await source.initialize();
  return new Database(source, onEmbedded(poolOf(source)));
}

/** A connection that breaks while it is lent out says so twice: to the statement under way, and here, where an error that nobody hears ends the process. */
const survives = (client: pg.ClientBase) => void client.on('error', () => undefined);

// Times leave the database in the form in which the wire shows them: a Date would drop the microseconds.
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === TIMESTAMPTZ && format !== 'binary') return wireTime;
  return pg.types.getTypeParser(oid, format);
}
const TIMESTAMPTZ: number = pg.types.builtins.TIMESTAMPTZ;

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  if (shown.searchParams.has('password')) shown.searchParams.set('password', '***');
  return shown.toString();
}
