import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who looked at, or took out, what is not for everybody. */
export class CreateAccessLog1790000400001 implements MigrationInterface {
  readonly name = 'CreateAccessLog1790000400001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operations.access_log (
        id uuid PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        detail jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX access_log_at ON operations.access_log (at DESC, id DESC);
      -- Whoever looked cannot make it unseen: no update, no delete.
      GRANT SELECT, INSERT ON operations.access_log TO storyledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operations.access_log');
  }
}
