export { eventStoreMigrations } from './create-ledger.migration.js';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store.js';
