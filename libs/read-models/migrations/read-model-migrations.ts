import type { MigrationInterface } from 'typeorm';
import { CreateReadModels1790000001001 } from './create-read-models.migration.js';

/** Schema `read_models`. Run by `migrate` of the platform, as the owner. */
export const readModelMigrations: readonly (new () => MigrationInterface)[] = [CreateReadModels1790000001001];
