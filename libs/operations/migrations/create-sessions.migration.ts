import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-ins of people in a browser. Tokens lie here as hashes: whoever reads the tables cannot sign in with them. */
export class CreateSessions1790000600001 implements MigrationInterface {
  readonly name = 'CreateSessions1790000600001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...sessions, ...signInLinks]) await runner.query(statement);
    await runner.query(
      `GRANT SELECT, INSERT, DELETE ON operations.sessions, operations.sign_in_links TO storyledger_app`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE operations.sessions, operations.sign_in_links`);
  }
}

const sessions = [
  `CREATE TABLE operations.sessions (
        token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
        key_id uuid NOT NULL REFERENCES operations.api_keys,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      )`,
  `CREATE INDEX sessions_expiry ON operations.sessions (expires_at)`,
];

const signInLinks = [
  // Used by deleting it: of two who come at once, one finds it.
  `CREATE TABLE operations.sign_in_links (
        token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
        key_id uuid NOT NULL REFERENCES operations.api_keys,
        expires_at timestamptz NOT NULL
      )`,
];
