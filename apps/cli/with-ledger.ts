import { readConfig } from '#platform';
import { findInstance } from './instance.js';
import { instanceFile, type Ledger, openLedger } from './ledger.js';

/** Runs one command on the ledger, beside a running `up` of the same folder or on its own. */
export async function withLedger(name: string, work: (ledger: Ledger) => Promise<void>): Promise<void> {
  const running = await findInstance(instanceFile(readConfig()));
  const joins = running?.databaseUrl ?? undefined;
  const ledger = await openLedger({ name, ...(joins !== undefined && { joins }) });
  try {
    await work(ledger);
  } finally {
    await ledger.close();
  }
}
