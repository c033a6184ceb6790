export { allMigrations } from '../../apps/cli/migrations.js';
