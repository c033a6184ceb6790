import type { MigrationInterface } from 'typeorm';
import { CreateImports1790000003001 } from './create-imports.migration.js';
import { WidenImportPosition1790000200001 } from './widen-import-position.migration.js';

/** In the order in which they run. A released migration is never edited. */
export const importMigrations: (new () => MigrationInterface)[] = [
  CreateImports1790000003001,
  WidenImportPosition1790000200001,
];
