import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index of what is unfinished begins with the volume. It is small while the tables are young, so the server plans to read the whole of it
 * for one volume, keeps that plan, and finds there what has ended in all of them: led by the volume, it is as good as the other one.
 */
export class UnfinishedByVolume1764200000000 implements MigrationInterface {
  readonly transaction = false;

  up = (runner: QueryRunner): Promise<void> =>
    replaced(runner, 'operations_unfinished', `operations_to_do on operations (volume_id) where state in ('pending', 'running')`);

  down = (runner: QueryRunner): Promise<void> =>
    replaced(
      runner,
      'operations_to_do',
      `operations_unfinished on operations (backend, next_attempt_at) where state in ('pending', 'running')`,
    );
}

/** The new one first: nobody is without. */
async function replaced(runner: QueryRunner, old: string, by: string): Promise<void> {
  await runner.query(`create index if not exists ${by}`);
  await runner.query(`drop index if exists ${old}`);
}
