import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operations that own a connection without an attachment's row, and those that let a volume grow. */
export class VolumeActions1764400000000 implements MigrationInterface {
  /** One statement at a time, so that no call waits for a lock longer than one of them takes. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table operations add column if not exists result text, add column if not exists size integer');
    await kindsAre(runner, [...KINDS, ...ADDED]);
    for (const index of INDEXES) await runner.query(`create index if not exists ${index}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query(`select count(*)::int as count from operations where ${NOT_OVER}`)) as { count: number }[];
    if (row?.count)
      throw new Error(`${row.count} operations of the volume actions are not over: end their connections first (os-terminate_connection)`);
    await runner.query(`delete from operations where kind in (${listed(ADDED)})`);
    await kindsAre(runner, KINDS);
    await runner.query('drop index if exists operations_connected, operations_answers');
    await runner.query('alter table operations drop column if exists result, drop column if exists size');
  }
}

const KINDS = ['attach', 'complete', 'detach', 'create-volume', 'delete-volume', 'settle'];

const ADDED = ['connect', 'disconnect', 'extend-volume'];
const listed = (kinds: readonly string[]) => kinds.map((kind) => `'${kind}'`).join(', ');
const NOT_OVER = `kind in (${listed(ADDED)}) and (touched or state in ('pending', 'running'))`;

const INDEXES = [
  `operations_connected on operations (volume_id) where kind = 'connect' and touched`,
  'operations_answers on operations (finished_at) where result is not null',
];

/** Checked for the rows that stand in a statement of its own, under a lock that lets everybody write. */
async function kindsAre(runner: QueryRunner, kinds: readonly string[]): Promise<void> {
  await runner.query(`alter table operations drop constraint if exists operations_kind_check,
    add constraint operations_kind_check check (kind in (${listed(kinds)})) not valid`);
  await runner.query('alter table operations validate constraint operations_kind_check');
}
