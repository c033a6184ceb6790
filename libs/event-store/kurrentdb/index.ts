export { kurrentDbProblem } from './connection-problem.js';
export { KurrentDbCopyTarget } from './kurrentdb-copy-target.js';
export { KurrentDbEventStore, type KurrentDbEventStoreOptions } from './kurrentdb-event-store.js';
