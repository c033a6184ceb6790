export * from './codec.js';
export * from './errors.js';
export * from './event-store.js';
export * from './ledger-copy.js';
