import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What pruning looks for, and what the foreign keys ask when a row goes: without an index that question reads the whole table. Two of them
 * take the place of an index on the rows that are not finished, or not deleted, alone: one that serves both is one less to be written by
 * every call.
 */
const INDEXES = {
  operations_of_volume: 'operations (volume_id, state, revision)',
  attachments_of_volume: 'attachments (volume_id, deleted, created_at, id)',
  attachments_deleted: 'attachments (deleted_at) where deleted',
  volumes_deleted: 'volumes (deleted_at) where deleted',
  volumes_type: 'volumes (volume_type_id)',
};
const REPLACED = {
  operations_unfinished_of_volume: `operations (volume_id, revision) where state in ('pending', 'running')`,
  attachments_volume: 'attachments (volume_id, created_at, id) where not deleted',
};

export class PruningIndexes1764100000000 implements MigrationInterface {
  /** Each by itself: a transaction that held one table while it waits for the next would meet the calls that hold the next. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await replace(runner, REPLACED, INDEXES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, INDEXES, REPLACED);
  }
}

async function replace(runner: QueryRunner, old: Record<string, string>, by: Record<string, string>): Promise<void> {
  for (const [name, on] of Object.entries(by)) await runner.query(`create index if not exists ${name} on ${on}`);
  for (const name of Object.keys(old)) await runner.query(`drop index if exists ${name}`);
}
