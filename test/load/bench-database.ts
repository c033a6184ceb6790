import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgres } from '#platform';
import { type Ledger, openLedger } from '../../apps/cli/ledger.js';

/** An empty PostgreSQL for one benchmark, gone after it. */
export async function withBenchDatabase(work: (url: string) => Promise<void>): Promise<void> {
  // Below the working folder, not the system's temporary one, which may be memory.
  const home = join(process.cwd(), 'bench-results', `cluster-${process.pid}`);
  await mkdir(home, { recursive: true });
  try {
    const server = await EmbeddedPostgres.start({ home, database: 'bench' });
    try {
      await work(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** The parts of a whole process, on such a database. */
export async function withBenchLedger(work: (ledger: Ledger) => Promise<void>): Promise<void> {
  await withBenchDatabase(async (url) => {
    process.env['DATABASE_URL'] = url;
    process.env['LOG_LEVEL'] = 'warn';
    const ledger = await openLedger({ name: 'bench' });
    try {
      await work(ledger);
    } finally {
      await ledger.close();
    }
  });
}
