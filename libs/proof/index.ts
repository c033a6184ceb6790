export { canonicalEvent } from './canonical-event.js';
export * from './notes/signing-key.js';
