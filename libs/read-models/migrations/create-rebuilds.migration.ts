import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rebuilds that are asked for, under way or failed: how far each has come moves with the rows that it has written. */
export class CreateRebuilds1790000700002 implements MigrationInterface {
  readonly name = 'CreateRebuilds1790000700002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.rebuilds (
        projection text PRIMARY KEY,
        version integer NOT NULL,
        state text NOT NULL CHECK (state IN ('requested', 'running', 'failed')),
        log_origin text,
        position numeric(40,0) NOT NULL DEFAULT -1,
        events_done bigint NOT NULL DEFAULT 0,
        events_total bigint NOT NULL DEFAULT 0,
        events_per_second double precision,
        requested_by text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        error text
      );
      -- The application asks for a rebuild; only the owner, who makes and drops tables, carries it out.
      GRANT SELECT, INSERT, DELETE ON read_models.rebuilds TO storyledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE read_models.rebuilds');
  }
}
