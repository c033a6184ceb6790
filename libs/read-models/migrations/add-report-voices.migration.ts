import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who spoke when a claim got its first voice and when it was settled; and which denials a source made more than once, so
 * that only those are looked through for the first. Claims know the former once they are rebuilt.
 */
export class AddReportVoices1790000900001 implements MigrationInterface {
  readonly name = 'AddReportVoices1790000900001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE read_models.report_claim ADD first_voice_by uuid[], ADD settled_by uuid[]`);
    // The default is for a projector of the release before, which may go on for a moment.
    await runner.query(`ALTER TABLE read_models.report_word ADD repeated boolean NOT NULL DEFAULT false`);
    await runner.query(`
      UPDATE read_models.report_word w SET repeated = true
      FROM (SELECT source_id, claim_id FROM read_models.report_word
            WHERE stance = 'deny' GROUP BY source_id, claim_id HAVING count(*) > 1) more
      WHERE w.stance = 'deny' AND w.source_id = more.source_id AND w.claim_id = more.claim_id`);
    await runner.query(`CREATE INDEX report_word_repeated ON read_models.report_word (recorded_at) WHERE repeated`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE read_models.report_claim DROP first_voice_by, DROP settled_by`);
    await runner.query(`ALTER TABLE read_models.report_word DROP repeated`);
  }
}
