import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What pruning looks for, and what the foreign keys ask when a row goes: without an index that question reads the whole table. Their second
 * columns let a query that wants the live rows of a volume read no others, should the planner prefer them to the partial index beside.
 */
const INDEXES = {
  operations_finished: 'operations (finished_at) where finished_at is not null and not touched',
  operations_of_volume: 'operations (volume_id, state)',
  attachments_deleted: 'attachments (deleted_at) where deleted',
  attachments_of_volume: 'attachments (volume_id, deleted)',
  volumes_deleted: 'volumes (deleted_at) where deleted',
  volumes_type: 'volumes (volume_type_id)',
};

export class PruningIndexes1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of Object.entries(INDEXES)) await runner.query(`create index ${name} on ${on}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await runner.query(`drop index ${name}`);
  }
}
