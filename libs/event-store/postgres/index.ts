export { eventStoreMigrations } from './event-store-migrations.js';
export { PostgresEventStore, type PostgresEventStoreOptions } from './postgres-event-store.js';
