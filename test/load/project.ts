import { PROJECTIONS, Projector } from '#read-models';
import type { Ledger } from '../../apps/cli/ledger.js';

/** Brings read models, given by name, up to where the log ends now, in large batches. */
export async function project({ store, pool }: Ledger, names: readonly string[]): Promise<void> {
  const head = await store.head();
  const stop = new AbortController();
  const errors: unknown[] = [];
  await new Projector({
    store,
    pool,
    projections: PROJECTIONS.filter(({ name }) => names.includes(name)),
    batchSize: 5_000,
    onApplied: (position) => {
      if (position >= head) stop.abort();
    },
    onError: (error) => {
      errors.push(error);
      stop.abort();
    },
  }).run(stop.signal);
  if (errors.length > 0) throw errors[0];
}
