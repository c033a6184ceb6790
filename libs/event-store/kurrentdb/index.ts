export { kurrentDbProblem } from './connection-problem.js';
export { KurrentDbEventStore, type KurrentDbEventStoreOptions } from './kurrentdb-event-store.js';
