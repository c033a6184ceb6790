import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each import brought into each thread. Filled when `report-days` is rebuilt, which its raised version starts. */
export class AddReportImports1790000900002 implements MigrationInterface {
  readonly name = 'AddReportImports1790000900002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.report_import (
        batch_id text NOT NULL,
        thread_id uuid NOT NULL,
        attributions integer NOT NULL,
        PRIMARY KEY (batch_id, thread_id)
      )`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON read_models.report_import TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE read_models.report_import`);
  }
}
