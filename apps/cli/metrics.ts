import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartupError } from '#platform';
import { startMetricsListener, watchLedger } from '#telemetry';
import type { Ledger } from './ledger.js';

export interface ServedMetrics {
  /** Null: nothing listens. */
  readonly url: string | null;
  close(): Promise<void>;
}

/**
 * What this process counts and what the ledger shows, at METRICS_PORT; without it nothing listens.
 * @throws StartupError when it cannot listen there; the ledger is then closed
 */
export async function serveMetrics(ledger: Ledger): Promise<ServedMetrics> {
  const { METRICS_HOST: host, METRICS_PORT: port } = ledger.config;
  if (port === undefined) return { url: null, close: async () => undefined };
  const { metrics } = ledger;
  metrics.watchProcess({ version: await ownVersion() });
  watchLedger(metrics, ledger);
  try {
    return await startMetricsListener(metrics, { host, port });
  } catch (error) {
    await ledger.close();
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot listen there';
    throw new StartupError(
      `Metrics cannot be served on port ${port} of ${host} (${code}). Set METRICS_PORT to another, or leave it out.`,
    );
  }
}

/** Of the nearest package.json: the source and what is built of it lie at different depths below it. */
async function ownVersion(): Promise<string> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
    if (text !== null) return (JSON.parse(text) as { readonly version: string }).version;
    if (folder === dirname(folder)) return 'unknown';
  }
}
