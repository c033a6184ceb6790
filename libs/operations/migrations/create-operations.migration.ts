import type { MigrationInterface, QueryRunner } from 'typeorm';

/** State that is not in the log: who may call, which answers were given, and which id holds a name. */
export class CreateOperations1790000002001 implements MigrationInterface {
  readonly name = 'CreateOperations1790000002001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SCHEMA operations`);
    for (const statement of [...apiKeys, ...idempotencyAnswers, ...nameReservations]) await runner.query(statement);
    await runner.query(`GRANT USAGE ON SCHEMA operations TO storyledger_app`);
    // A key is revoked and never deleted: events name it for ever, and the first administrator is made only once.
    await runner.query(`GRANT SELECT, INSERT, UPDATE ON operations.api_keys TO storyledger_app`);
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON operations.idempotency_answers TO storyledger_app`);
    await runner.query(`GRANT SELECT, INSERT, DELETE ON operations.name_reservations TO storyledger_app`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA operations CASCADE`);
  }
}

const apiKeys = [
  `CREATE TABLE operations.api_keys (
        key_id uuid PRIMARY KEY,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('reader', 'reporter', 'editor', 'admin')),
        secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz
      )`,
  `CREATE INDEX api_keys_created ON operations.api_keys (created_at DESC, key_id DESC)`,
];

const idempotencyAnswers = [
  // `attempt` is the try that holds the row; only that one may complete it. `status` null: the command is under way.
  `CREATE TABLE operations.idempotency_answers (
        key_id uuid NOT NULL REFERENCES operations.api_keys,
        idempotency_key text NOT NULL,
        request_hash bytea NOT NULL CHECK (octet_length(request_hash) = 32),
        command_id uuid NOT NULL,
        attempt uuid NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        status integer,
        headers jsonb,
        body text,
        PRIMARY KEY (key_id, idempotency_key)
      )`,
  `CREATE INDEX idempotency_answers_expiry ON operations.idempotency_answers (expires_at)`,
];

const nameReservations = [
  `CREATE TABLE operations.name_reservations (
        kind text NOT NULL,
        name text NOT NULL,
        id uuid NOT NULL,
        reserved_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, name)
      )`,
  `CREATE INDEX name_reservations_id ON operations.name_reservations (kind, id)`,
];
