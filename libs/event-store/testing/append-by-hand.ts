import type { ClientBase, Pool } from 'pg';
import { EventCodec } from '../codec.js';
import type { NewEvent } from '../event-store.js';

export interface HandmadeAppend {
  readonly stream: string;
  /** -1n: the stream has no event; null: whatever it has. */
  readonly expected: bigint | null;
  readonly follows?: string | null;
  readonly events: readonly NewEvent[];
}

/** What `ledger.append_events` answers to one or more appends, called as an adapter calls it, on a client of one's own. */
export async function appendByHand(
  client: Pick<Pool | ClientBase, 'query'>,
  ...appends: readonly HandmadeAppend[]
): Promise<{ readonly base: string; readonly heads: readonly string[]; readonly judged: readonly unknown[] | null }> {
  const codec = new EventCodec();
  const rows = appends.flatMap(({ stream, expected, follows = null, events }, append) =>
    events.map(({ id, event, context }, place) => {
      const { type, schemaVersion, data } = codec.encode(event);
      const { actor, correlationId, causationId, batchId } = context;
      return [
        append + 1,
        place + 1,
        stream,
        expected?.toString() ?? null,
        follows,
        id,
        type,
        schemaVersion,
        JSON.stringify(data),
        actor.id,
        actor.name,
        correlationId,
        causationId,
        batchId,
      ];
    }),
  );
  const columns = rows[0]?.map((_, column) => rows.map((row) => row[column])) ?? [];
  const parameters = columns.map((_, column) => `$${column + 1}`).join();
  const { rows: answers } = await client.query(`SELECT * FROM ledger.append_events(${parameters})`, columns);
  return answers[0];
}
