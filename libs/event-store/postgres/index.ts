export { eventStoreMigrations } from './event-store-migrations.js';
export { PostgresCopyTarget } from './postgres-copy-target.js';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store.js';
