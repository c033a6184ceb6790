export * from './access-log/access-log.js';
export * from './api-keys/api-keys.js';
export { SECRET_IN_TEXT } from './api-keys/key-secret.js';
export * from './api-keys/role.js';
export * from './idempotency/idempotency-answers.js';
export { operationsMigrations } from './migrations/operations-migrations.js';
export * from './names/name-reservations.js';
export { csrfTokenOf, isCsrfTokenOf } from './sessions/session-token.js';
export * from './sessions/sessions.js';
