import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that a projection could not apply, those of their streams that wait behind them, and those that were dropped. */
export class CreateParkedEvents1790000700001 implements MigrationInterface {
  readonly name = 'CreateParkedEvents1790000700001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.parked_events (
        parked_id uuid NOT NULL,
        projection text NOT NULL,
        position numeric(40,0) NOT NULL,
        state text NOT NULL CHECK (state IN ('parked', 'waiting', 'dropped')),
        event_id uuid NOT NULL,
        event_type text NOT NULL,
        stream text NOT NULL,
        revision bigint NOT NULL,
        message text,
        stack text,
        attempts integer NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        dropped_by_id text,
        dropped_by_name text,
        drop_reason text,
        dropped_at timestamptz,
        PRIMARY KEY (projection, position),
        UNIQUE (parked_id),
        CHECK (state <> 'parked' OR message IS NOT NULL),
        CHECK ((state = 'dropped') = (dropped_at IS NOT NULL))
      );
      CREATE INDEX parked_events_of_stream ON read_models.parked_events (projection, stream, position)
        WHERE state <> 'dropped';
      CREATE INDEX parked_events_position ON read_models.parked_events (position);
      GRANT SELECT, INSERT, UPDATE, DELETE ON read_models.parked_events TO storyledger_app;
      -- How many are parked or wait: 0 spares each batch a look into the table.
      ALTER TABLE read_models.checkpoints ADD COLUMN held integer NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE read_models.parked_events;
      ALTER TABLE read_models.checkpoints DROP COLUMN held;
    `);
  }
}
