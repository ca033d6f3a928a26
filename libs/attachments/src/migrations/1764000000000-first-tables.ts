import type { MigrationInterface, QueryRunner } from 'typeorm';

const STAMPS = `created_at timestamptz not null default clock_timestamp(), updated_at timestamptz, deleted_at timestamptz,
  deleted boolean not null default false, check (deleted = (deleted_at is not null))`;

export class FirstTables1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPEATABLE_READ);
    for (const statement of [VOLUME_TYPES, VOLUMES, ATTACHMENTS, OPERATIONS, WORKERS, SEALING_CHECKS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table sealing_checks, workers, operations, attachments, volumes, volume_types;
      drop sequence claim_numbers; drop sequence placements`);
  }
}

// Our own pools ask for it on every connection; here it is set for everybody else too, where the role may.
const REPEATABLE_READ = `do $$ begin
  execute format('alter database %I set default_transaction_isolation = %L', current_database(), 'repeatable read');
exception when insufficient_privilege then null; end $$`;

const VOLUME_TYPES = `
create table volume_types (
  id text primary key, name text not null, description text, is_public boolean not null default true,
  extra_specs jsonb not null default '{}', ${STAMPS});
create unique index volume_types_name on volume_types (name) where not deleted`;

const VOLUMES = `
create sequence placements;
create table volumes (
  id text primary key, project_id text not null, user_id text not null, name text, description text,
  size integer not null check (size > 0),
  status text not null, attach_status text not null, migration_status text, previous_status text,
  multiattach boolean not null default false, bootable boolean not null default false,
  host text, backend text generated always as (split_part(host, '#', 1)) stored, cluster_name text,
  availability_zone text not null, volume_type_id text references volume_types, encryption_key_id text, provider_location text,
  metadata jsonb not null default '{}', admin_metadata jsonb not null default '{}',
  revision bigint not null default 0, ${STAMPS});
create index volumes_project on volumes (project_id, created_at, id) where not deleted;
create index volumes_newest on volumes (created_at, id) where not deleted;
create index volumes_backend on volumes (backend) where not deleted`;

const ATTACHMENTS = `
create table attachments (
  id text primary key, volume_id text not null references volumes, project_id text not null,
  instance_uuid text, attached_host text, mountpoint text, attach_time timestamptz, detach_time timestamptz,
  attach_status text not null, attach_mode text, connection_info text, connector text, connector_digest text,
  generation bigint not null default 0, ${STAMPS},
  check (attach_status in ('reserved', 'attaching', 'attached', 'detaching', 'detached', 'error_attaching', 'error_detaching')),
  check (deleted = (attach_status = 'detached')),
  check ((connector is null) = (connector_digest is null)),
  check (attach_status <> 'attaching' or connector is not null),
  check (connection_info is null or connection_info = '{}' or connector is not null),
  check (not deleted or (connector is null and connection_info is null)));
create index attachments_newest on attachments (created_at, id) where not deleted;
create index attachments_project on attachments (project_id, created_at, id) where not deleted;
create index attachments_volume on attachments (volume_id, created_at, id) where not deleted;
create index attachments_instance on attachments (instance_uuid, created_at, id) where not deleted;
create index attachments_status on attachments (attach_status, created_at, id) where not deleted`;

// What may overlap is decided by statements; these indexes are the last line of defence.
const OPERATIONS = `
create sequence claim_numbers;
create table operations (
  id text primary key, kind text not null, volume_id text not null references volumes, attachment_id text references attachments,
  backend text, generation bigint not null default 0, revision bigint not null, state text not null default 'pending',
  creates boolean not null default false, volume_was text, intent text, digest text, host text not null default '',
  touched boolean not null default false, undoing boolean not null default false, abandons boolean not null default false,
  number bigint, owner text, lease_until timestamptz, lease_ms integer, attempts integer not null default 0, next_attempt_at timestamptz,
  reason_class text, reason_text text, request_id text not null, global_request_id text,
  created_at timestamptz not null default clock_timestamp(), updated_at timestamptz, finished_at timestamptz,
  check (kind in ('attach', 'complete', 'detach', 'create-volume', 'delete-volume', 'settle')),
  check (state in ('pending', 'running', 'succeeded', 'failed')),
  check ((state in ('succeeded', 'failed')) = (finished_at is not null)),
  check (state <> 'running' or (number is not null and owner is not null)),
  check (state <> 'failed' or reason_class is not null),
  check ((kind in ('attach', 'complete', 'detach')) = (attachment_id is not null)),
  check ((kind = 'complete') = (backend is null)));
create unique index one_driver_call_per_volume on operations (volume_id) where state = 'running' and backend is not null;
create unique index one_unfinished_attach on operations (attachment_id) where kind = 'attach' and state in ('pending', 'running');
create unique index one_unfinished_detach on operations (attachment_id) where kind = 'detach' and state in ('pending', 'running');
create index operations_unfinished on operations (backend, next_attempt_at) where state in ('pending', 'running');
create index operations_unfinished_of_volume on operations (volume_id, revision) where state in ('pending', 'running');
create index operations_attachment on operations (attachment_id);
create index operations_newest on operations (created_at, id)`;

const WORKERS = `
create table workers (
  id text primary key, process text not null, backends jsonb not null,
  started_at timestamptz not null default clock_timestamp(), heartbeat_at timestamptz not null default clock_timestamp())`;

const SEALING_CHECKS = 'create table sealing_checks (id text primary key, sealed text not null)';
