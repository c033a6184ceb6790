export * from './clock.js';
export * from './config.js';
export { requireHome } from './data-folder.js';
export * from './database.js';
export * from './embedded-postgres.js';
export * from './event-store-url.js';
export * from './logging.js';
export * from './secret-file.js';
export * from './startup-error.js';
