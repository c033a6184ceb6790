import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each thread was called and where it stood, from which event on: the live feed filters by it. */
export class AddThreadDetails1790000500001 implements MigrationInterface {
  readonly name = 'AddThreadDetails1790000500001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.thread_details (
        thread_id uuid NOT NULL,
        position numeric(40,0) NOT NULL,
        slug text NOT NULL,
        headline text NOT NULL,
        desk text NOT NULL,
        topics text[] NOT NULL,
        recorded_at timestamptz NOT NULL,
        PRIMARY KEY (thread_id, position)
      )`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON read_models.thread_details TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE read_models.thread_details`);
  }
}
