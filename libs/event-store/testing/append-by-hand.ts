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

export interface HandmadeAnswer {
  readonly base: string;
  readonly heads: readonly string[];
  readonly judged: readonly unknown[] | null;
}

/** What `ledger.append_events` answers to one or more appends, called as an adapter calls it, on a client of one's own. */
export async function appendByHand(
  client: Pick<Pool | ClientBase, 'query'>,
  ...appends: readonly HandmadeAppend[]
): Promise<HandmadeAnswer> {
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
  return call(client, 'append_events', rows[0]?.map((_, column) => rows.map((row) => row[column])) ?? []);
}

/** What `ledger.append_event` answers to an append of one event, whichever revision its stream has. */
export async function appendOneByHand(
  client: Pick<Pool | ClientBase, 'query'>,
  stream: string,
  { id, event, context }: NewEvent,
): Promise<HandmadeAnswer> {
  const { type, schemaVersion, data } = new EventCodec().encode(event);
  const { actor, correlationId, causationId, batchId } = context;
  const content = [id, type, schemaVersion, JSON.stringify(data), actor.id, actor.name];
  return call(client, 'append_event', [stream, null, null, ...content, correlationId, causationId, batchId]);
}

async function call(
  client: Pick<Pool | ClientBase, 'query'>,
  name: 'append_events' | 'append_event',
  values: readonly unknown[],
): Promise<HandmadeAnswer> {
  const parameters = values.map((_, n) => `$${n + 1}`).join();
  const { rows } = await client.query(`SELECT * FROM ledger.${name}(${parameters})`, [...values]);
  return rows[0];
}
