import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the users of a type's volumes are promised. Nobody looks for specs that are gone, so they go at once; a type that is deleted does not
 * keep them.
 */
export class QosSpecs1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table qos_specs (
  id text primary key, name text not null unique,
  consumer text not null default 'back-end' check (consumer in ('front-end', 'back-end', 'both')),
  specs jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(), updated_at timestamptz)`);
    await runner.query('alter table volume_types add column qos_specs_id text references qos_specs on delete set null');
    await runner.query('create index volume_types_qos_specs on volume_types (qos_specs_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table volume_types drop column qos_specs_id');
    await runner.query('drop table qos_specs');
  }
}
