import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The Merkle log over the events, and what was signed of it. See docs/adr/0017-the-tree-lives-in-postgresql.md. */
export class CreateProof1790000400101 implements MigrationInterface {
  readonly name = 'CreateProof1790000400101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA proof;

      -- One row an event, in the order of the log. The last one says how far the log has been read.
      CREATE TABLE proof.leaves (
        leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
        event_id   uuid NOT NULL,
        stream     text COLLATE "C" NOT NULL,
        revision   bigint NOT NULL,
        position   numeric(40, 0) NOT NULL,
        hash       bytea NOT NULL CHECK (octet_length(hash) = 32)
      );
      CREATE INDEX leaves_event ON proof.leaves (event_id);

      -- Full nodes, of every fourth level only: those between are hashed anew from at most 16.
      CREATE TABLE proof.nodes (
        level      smallint NOT NULL CHECK (level > 0 AND level % 4 = 0),
        node_index bigint NOT NULL CHECK (node_index >= 0),
        hash       bytea NOT NULL CHECK (octet_length(hash) = 32),
        PRIMARY KEY (level, node_index)
      );

      CREATE TABLE proof.keys (
        verifier_key text PRIMARY KEY,
        added_at     timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE proof.checkpoints (
        checkpoint_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        size          bigint NOT NULL CHECK (size >= 0),
        root          bytea NOT NULL CHECK (octet_length(root) = 32),
        note          text NOT NULL,
        signed_at     timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX checkpoints_size ON proof.checkpoints (size, checkpoint_id);

      CREATE FUNCTION proof.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'proof.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
          USING ERRCODE = 'insufficient_privilege';
      END $$;
    `);
    for (const table of ['leaves', 'nodes', 'keys', 'checkpoints']) {
      await runner.query(`
        CREATE TRIGGER ${table}_are_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON proof.${table}
          FOR EACH STATEMENT EXECUTE FUNCTION proof.refuse_change();
        ALTER TABLE proof.${table} ENABLE ALWAYS TRIGGER ${table}_are_immutable;
        GRANT SELECT, INSERT ON proof.${table} TO storyledger_app;
      `);
    }
    await runner.query('GRANT USAGE ON SCHEMA proof TO storyledger_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA proof CASCADE');
  }
}

/** Schema `proof`. Run by `migrate` of the platform, as the owner. */
export const proofMigrations: readonly (new () => MigrationInterface)[] = [CreateProof1790000400101];
