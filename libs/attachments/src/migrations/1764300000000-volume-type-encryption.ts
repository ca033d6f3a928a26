import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the volumes of a type are encrypted; a type without a row has volumes that are not. Nobody looks for one that is gone, so it goes at once. */
export class VolumeTypeEncryption1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table volume_type_encryptions (
  id text primary key, volume_type_id text not null unique references volume_types on delete cascade,
  provider text not null, control_location text not null check (control_location in ('front-end', 'back-end')),
  cipher text, key_size integer check (key_size >= 0),
  created_at timestamptz not null default clock_timestamp(), updated_at timestamptz)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table volume_type_encryptions');
  }
}
