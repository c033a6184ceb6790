import type { TestDatabase } from '../setup/test-database.js';

interface Row {
  readonly position: string;
  readonly data: Record<string, unknown>;
}

/** Whatever has a ledger in a database of its own. */
interface Ledger {
  readonly database: Pick<TestDatabase, 'ownerPool'>;
}

interface CarriedAttribution {
  readonly attributionId: string;
  recordedAt: string;
  takenBack: { recordedAt: string } | null;
}

/**
 * Copies a log into another newsroom as if it had been recorded over weeks: the event at position n at `momentOf(n)`. A
 * newsroom under test records everything within a minute, and reports of a minute say little. What merges carry says
 * when it was recorded too, and is dated anew with it.
 */
export async function copyDated(from: Ledger, to: Ledger, momentOf: (position: number) => string): Promise<void> {
  const recorded = new Map<string, string>();
  const takenBack = new Map<string, string>();
  const dated = (row: Row) => {
    const moment = momentOf(Number(row.position));
    const { attributionId, speaker, claims } = row.data;
    if (typeof attributionId === 'string') (speaker === undefined ? takenBack : recorded).set(attributionId, moment);
    for (const { attributions } of (claims ?? []) as { attributions: CarriedAttribution[] }[]) {
      for (const carried of attributions) {
        carried.recordedAt = recorded.get(carried.attributionId) ?? carried.recordedAt;
        const taken = takenBack.get(carried.attributionId);
        if (carried.takenBack !== null && taken !== undefined) carried.takenBack.recordedAt = taken;
      }
    }
    return { ...row, recorded_at: moment };
  };
  for (let after = '-1'; ; ) {
    const { rows } = await from.database.ownerPool.query<Row>(
      'SELECT * FROM ledger.events WHERE position > $1 ORDER BY position LIMIT 2000',
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    await to.database.ownerPool.query(
      'INSERT INTO ledger.events SELECT * FROM json_populate_recordset(NULL::ledger.events, $1)',
      [JSON.stringify(rows.map(dated))],
    );
    after = last.position;
  }
}
