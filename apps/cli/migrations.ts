import { eventStoreMigrations } from '#event-store/postgres';
import { importMigrations } from '#imports';
import { operationsMigrations } from '#operations';
import { proofMigrations } from '#proof';
import { readModelMigrations } from '#read-models';

/** Every migration of every lib; they run in the order of their timestamps. */
export const allMigrations = [
  ...eventStoreMigrations,
  ...readModelMigrations,
  ...operationsMigrations,
  ...importMigrations,
  ...proofMigrations,
];
