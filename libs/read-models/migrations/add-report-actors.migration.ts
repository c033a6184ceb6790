import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the name that an actor had last, without going through all that it did. */
export class AddReportActors1790000500003 implements MigrationInterface {
  readonly name = 'AddReportActors1790000500003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX report_work_actor ON read_models.report_work (actor_id, day DESC)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX read_models.report_work_actor`);
  }
}
