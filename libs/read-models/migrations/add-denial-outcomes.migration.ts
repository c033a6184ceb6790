import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What became of a denial stands with it, instead of being looked up among all confirmations when it is asked for. The tables
 * of `report-words` are emptied, and the projector fills them anew.
 */
export class AddDenialOutcomes1790000500004 implements MigrationInterface {
  readonly name = 'AddDenialOutcomes1790000500004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE read_models.report_confirmation`);
    await runner.query(`TRUNCATE read_models.report_word, read_models.report_take_back, read_models.report_act`);
    await runner.query(`DELETE FROM read_models.checkpoints WHERE projection = 'report-words'`);
    await runner.query(`ALTER TABLE read_models.report_word ADD later_confirmed boolean NOT NULL`);
    await runner.query(`CREATE INDEX report_word_denied ON read_models.report_word (claim_id) WHERE stance = 'deny'`);
    await runner.query(`DROP INDEX read_models.report_word_source`);
  }

  async down(): Promise<void> {
    throw new Error('The confirmations are gone; rebuild the reports with an older build instead.');
  }
}
