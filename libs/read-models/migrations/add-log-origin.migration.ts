import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which log the tables of a projection were computed from: its first event and where that stands. */
export class AddLogOrigin1790000200002 implements MigrationInterface {
  readonly name = 'AddLogOrigin1790000200002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE read_models.checkpoints ADD COLUMN log_origin text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE read_models.checkpoints DROP COLUMN log_origin`);
  }
}
