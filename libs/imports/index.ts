export * from './batches/import-batch.js';
export type { DoneRow } from './batches/import-batches.js';
export { ImportFailure, type RowFault, UploadDiffers, UploadTooLarge } from './failure.js';
export { fileOnDisk, Imports, type RunControl } from './imports.js';
export type { Mapping } from './mapping/mapping.js';
export { findMapping, SHIPPED_MAPPINGS, shippedMapping } from './mappings/shipped-mappings.js';
export { importMigrations } from './migrations/import-migrations.js';
