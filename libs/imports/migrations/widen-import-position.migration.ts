import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Positions of a KurrentDB ledger have up to 39 digits. */
export class WidenImportPosition1790000200001 implements MigrationInterface {
  readonly name = 'WidenImportPosition1790000200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE operations.import_batches ALTER COLUMN position TYPE numeric(40,0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE operations.import_batches ALTER COLUMN position TYPE bigint`);
  }
}
