import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of a detach or a disconnect, whether a service asked for it: an operator sees whether compute sends its service token (CVE-2023-2088). */
export class WhoDetached1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table operations add column by_service boolean');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table operations drop column by_service');
  }
}
