import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which projector process runs a projection. The token rises with each owner: a write under an old one is refused. */
export class AddLeases1790000700003 implements MigrationInterface {
  readonly name = 'AddLeases1790000700003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE read_models.checkpoints
        ADD COLUMN lease_owner text,
        ADD COLUMN lease_token bigint NOT NULL DEFAULT 0,
        ADD COLUMN leased_until timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE read_models.checkpoints DROP COLUMN lease_owner, DROP COLUMN lease_token, DROP COLUMN leased_until;
    `);
  }
}
