import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operations that own a connection without an attachment's row, and those that let a volume grow. */
export class VolumeActions1764400000000 implements MigrationInterface {
  /** One statement at a time, so that no call waits for a lock longer than one of them takes. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table operations add column if not exists result text, add column if not exists size integer');
    await kindsAre(runner, [...KINDS, 'connect', 'disconnect', 'extend-volume']);
    for (const index of INDEXES) await runner.query(`create index if not exists ${index}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index if exists operations_connected, operations_answers');
    await kindsAre(runner, KINDS);
    await runner.query('alter table operations drop column result, drop column size');
  }
}

const KINDS = ['attach', 'complete', 'detach', 'create-volume', 'delete-volume', 'settle'];

const INDEXES = [
  `operations_connected on operations (volume_id) where kind = 'connect' and touched`,
  'operations_answers on operations (finished_at) where result is not null',
];

/** Checked for the rows that stand in a statement of its own, under a lock that lets everybody write. */
async function kindsAre(runner: QueryRunner, kinds: readonly string[]): Promise<void> {
  await runner.query(`alter table operations drop constraint if exists operations_kind_check,
    add constraint operations_kind_check check (kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})) not valid`);
  await runner.query('alter table operations validate constraint operations_kind_check');
}
