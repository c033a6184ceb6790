export { proofMigrations } from './migrations/create-proof.migration.js';
export { CheckpointSigner, HistoryRewritten, NoSigningKey } from './notes/checkpoint-signer.js';
export { Checkpoints, type PublishedKey, type SignedCheckpoint } from './notes/checkpoints.js';
export { BadSigningKey, SigningKey } from './notes/signing-key.js';
export * from './offline/verify.mjs';
export { Proof } from './proof.js';
export { EventAltered, type EventReceipt } from './receipts.js';
