import type { EventStore, Position } from '#event-store';
import type { LastLeaf } from './stored-tree.js';

/**
 * Where the event of a leaf stands in this log: in a store that the ledger was copied to it is elsewhere than when it was
 * hashed. Null: the log does not hold it.
 */
export async function placeOfLeaf(
  store: EventStore,
  { eventId, stream, revision }: LastLeaf,
): Promise<Position | null> {
  for await (const event of store.readRawStream(stream, { from: revision, limit: 1 })) {
    if (event.id === eventId) return event.position;
  }
  return null;
}
