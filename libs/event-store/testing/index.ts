export * from './event-store-contract.js';
export * from './ledger-events.js';
export * from './seeded-events.js';
