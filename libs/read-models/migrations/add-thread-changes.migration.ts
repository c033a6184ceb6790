import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each thread changed: the board as of a time is put in order by it. */
export class AddThreadChanges1790000800001 implements MigrationInterface {
  readonly name = 'AddThreadChanges1790000800001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.thread_change (
        thread_id uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (thread_id, recorded_at)
      )`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON read_models.thread_change TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE read_models.thread_change`);
  }
}
