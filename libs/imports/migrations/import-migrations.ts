import type { MigrationInterface } from 'typeorm';
import { CreateImports1790000003001 } from './create-imports.migration.js';

/** In the order in which they run. A released migration is never edited. */
export const importMigrations: (new () => MigrationInterface)[] = [CreateImports1790000003001];
