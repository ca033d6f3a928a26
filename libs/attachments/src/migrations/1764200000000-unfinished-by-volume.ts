import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The index of what is unfinished begins with the volume. It is small while the tables are young, so the server plans to read the whole of it
 * for one volume, keeps that plan, and finds there what has ended in all of them: led by the volume, it is as good as the other one.
 */
const UNFINISHED = `operations_unfinished on operations (%) where state in ('pending', 'running')`;

export class UnfinishedByVolume1764200000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> => led(runner, 'volume_id');
  down = (runner: QueryRunner): Promise<void> => led(runner, 'backend, next_attempt_at');
}

async function led(runner: QueryRunner, columns: string): Promise<void> {
  await runner.query('drop index operations_unfinished');
  await runner.query(`create index ${UNFINISHED.replace('%', columns)}`);
}
