import { verifyLedger } from '#proof';
import { PROJECTIONS, rebuild } from '#read-models';
import type { ApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { rowsOf } from '../busy-newsroom.js';

/** What is wrong with a ledger at rest: its streams, its proof, and what is shown of it. */
export async function ledgerFaults({ parts, database }: ApiUnderTest): Promise<readonly string[]> {
  const { store, proof, waiter } = parts;
  if (!(await waiter.waitFor(await store.head(), 60_000))) return ['the read models have not caught up'];
  const { rows: torn } = await database.ownerPool.query<{ stream: string }>(
    `SELECT stream FROM ledger.events GROUP BY stream HAVING max(revision) <> count(*) - 1 OR min(revision) <> 0`,
  );
  await proof.projector().catchUp();
  const { findings } = await verifyLedger({ store, tree: proof.tree, checkpoints: proof.checkpoints });
  const parked = (await database.ownerPool.query('SELECT projection FROM read_models.parked_events')).rows;
  const differing: string[] = [];
  for (const projection of PROJECTIONS) {
    const live = await rowsOf({ database }, projection);
    await rebuild({ store, ownerPool: database.ownerPool, projection });
    const rebuilt = await rowsOf({ database }, projection);
    if (JSON.stringify(live) !== JSON.stringify(rebuilt)) differing.push(projection.name);
  }
  return [
    ...torn.map(({ stream }) => `${stream} has a gap`),
    ...findings.map((finding) => JSON.stringify(finding)),
    ...parked.map(({ projection }) => `${projection} has parked an event`),
    ...differing.map((name) => `${name} is not what a rebuild makes of the log`),
  ];
}
