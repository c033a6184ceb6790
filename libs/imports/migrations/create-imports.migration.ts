import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Import batches, what became of each of their rows, and uploaded files until they are done. */
export class CreateImports1790000003001 implements MigrationInterface {
  readonly name = 'CreateImports1790000003001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...batches, ...rows, ...files]) await runner.query(statement);
    await runner.query(
      `GRANT SELECT, INSERT, UPDATE ON operations.import_batches, operations.import_rows TO storyledger_app`,
    );
    // A dry run that was cut off begins anew.
    await runner.query(`GRANT DELETE ON operations.import_rows TO storyledger_app`);
    await runner.query(`GRANT SELECT, INSERT, DELETE ON operations.import_files TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE operations.import_files, operations.import_rows, operations.import_batches`);
  }
}

const batches = [
  // `rows_done` is the last row whose outcome is stored: where an import that was cut off goes on.
  `CREATE TABLE operations.import_batches (
        batch_id uuid PRIMARY KEY,
        mapping_name text NOT NULL,
        mapping_version integer NOT NULL,
        mapping text NOT NULL,
        file_name text NOT NULL,
        file_sha256 text NOT NULL CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
        file_bytes bigint NOT NULL,
        uploaded boolean NOT NULL,
        dry_run boolean NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'voiding', 'voided')),
        problem text,
        rows_done bigint NOT NULL DEFAULT 0,
        taken bigint NOT NULL DEFAULT 0,
        duplicate bigint NOT NULL DEFAULT 0,
        refused bigint NOT NULL DEFAULT 0,
        position bigint,
        ignored_files text[] NOT NULL DEFAULT '{}',
        started_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        void_reason text,
        void_actor_id text,
        void_actor_name text,
        voided bigint NOT NULL DEFAULT 0,
        voided_at timestamptz
      )`,
  `CREATE INDEX import_batches_started ON operations.import_batches (started_at DESC, batch_id DESC)`,
  `CREATE INDEX import_batches_open ON operations.import_batches (file_sha256) WHERE state IN ('running', 'voiding')`,
];

const rows = [
  // Never the content of a row: what is refused may hold what nobody is allowed to publish.
  `CREATE TABLE operations.import_rows (
        batch_id uuid NOT NULL REFERENCES operations.import_batches,
        row_number bigint NOT NULL,
        file text NOT NULL,
        line bigint NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('taken', 'duplicate', 'refused')),
        thread_id uuid,
        claim_id uuid,
        attribution_id uuid,
        opened_thread boolean NOT NULL DEFAULT false,
        faults jsonb,
        void_outcome text CHECK (void_outcome IN ('voided', 'kept')),
        void_problem text,
        PRIMARY KEY (batch_id, row_number)
      )`,
  `CREATE INDEX import_rows_outcome ON operations.import_rows (batch_id, outcome, row_number)`,
];

const files = [
  `CREATE TABLE operations.import_files (
        batch_id uuid NOT NULL,
        chunk integer NOT NULL,
        bytes bytea NOT NULL,
        PRIMARY KEY (batch_id, chunk)
      )`,
];
