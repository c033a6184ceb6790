import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres, migrate } from '#platform';
import { allMigrations } from '../../apps/cli/migrations.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole run; each test file takes a copy of its migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'storyledger-test-'));
  // As root the server runs as another account: shut out here, it would lie elsewhere, and stay there.
  await chmod(home, 0o755);
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const server = await EmbeddedPostgres.start({ home, database: 'template', settings });
  await migrate(server.url, allMigrations);
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
}
