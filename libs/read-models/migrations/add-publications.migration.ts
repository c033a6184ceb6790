import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPublications1790000300001 implements MigrationInterface {
  readonly name = 'AddPublications1790000300001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE read_models.publication (
        publication_id uuid PRIMARY KEY,
        thread_id uuid NOT NULL,
        piece text NOT NULL,
        title text,
        published_at timestamptz NOT NULL,
        pinned_revision bigint NOT NULL,
        event_id uuid NOT NULL,
        revision bigint NOT NULL,
        position numeric(40,0) NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor_id text NOT NULL,
        actor_name text NOT NULL,
        withdrawn_at timestamptz,
        withdrawn_reason text,
        withdrawn_event_id uuid
      )`);
    await runner.query(`CREATE INDEX publication_of_thread ON read_models.publication (thread_id, position)`);
    await runner.query(`CREATE INDEX publication_order ON read_models.publication (position, publication_id)`);
    // Hashed: an address may be longer than an entry of a tree.
    await runner.query(`CREATE INDEX publication_piece ON read_models.publication USING hash (piece)`);
    await runner.query(`
      CREATE TABLE read_models.publication_claim (
        publication_id uuid NOT NULL,
        claim_id uuid NOT NULL,
        PRIMARY KEY (publication_id, claim_id)
      )`);
    await runner.query(`CREATE INDEX publication_claim_claim ON read_models.publication_claim (claim_id)`);
    // Falls are read from the history of each claim that a piece rests on.
    await runner.query(
      `CREATE INDEX status_history_of_claim ON read_models.status_history (claim_id, position) WHERE claim_id IS NOT NULL`,
    );
    await runner.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON read_models.publication, read_models.publication_claim TO storyledger_app`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX read_models.status_history_of_claim`);
    await runner.query(`DROP TABLE read_models.publication_claim, read_models.publication`);
  }
}
