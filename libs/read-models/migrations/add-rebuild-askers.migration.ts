import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who asked for a rebuild, by name too. Without one: asked for by a process of an earlier build. */
export class AddRebuildAskers1790001200001 implements MigrationInterface {
  readonly name = 'AddRebuildAskers1790001200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE read_models.rebuilds ADD COLUMN requested_by_name text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE read_models.rebuilds DROP COLUMN requested_by_name');
  }
}
