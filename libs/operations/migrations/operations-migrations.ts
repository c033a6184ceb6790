import type { MigrationInterface } from 'typeorm';
import { CreateAccessLog1790000400001 } from './create-access-log.migration.js';
import { CreateOperations1790000002001 } from './create-operations.migration.js';
import { CreateSealedIdentities1790000400201 } from './create-sealed-identities.migration.js';
import { CreateSessions1790000600001 } from './create-sessions.migration.js';

/** In the order in which they run. A released migration is never edited. */
export const operationsMigrations: (new () => MigrationInterface)[] = [
  CreateOperations1790000002001,
  CreateAccessLog1790000400001,
  CreateSealedIdentities1790000400201,
  CreateSessions1790000600001,
];
