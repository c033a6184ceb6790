import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who stands behind a sealed source: outside the log, so that it can be erased for good. */
export class CreateSealedIdentities1790000400201 implements MigrationInterface {
  readonly name = 'CreateSealedIdentities1790000400201';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The first key that was used, so that no process goes on with another. One row.
      CREATE TABLE operations.identity_key (
        only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
        key_id   text NOT NULL
      );
      -- A row counts once the source's event holds its commitment; until then it is a try.
      CREATE TABLE operations.sealed_identities (
        source_id  uuid NOT NULL,
        commitment text NOT NULL,
        key_id     text NOT NULL,
        nonce      bytea NOT NULL CHECK (octet_length(nonce) = 12),
        -- AES-256-GCM of salt and identity, with the tag at its end.
        ciphertext bytea NOT NULL,
        sealed_by  text NOT NULL,
        sealed_at  timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (source_id, commitment)
      );
      GRANT SELECT, INSERT ON operations.identity_key TO storyledger_app;
      GRANT SELECT, INSERT, DELETE ON operations.sealed_identities TO storyledger_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operations.sealed_identities, operations.identity_key');
  }
}
