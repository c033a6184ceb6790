import type { EventStore, Position } from '#event-store';

/**
 * Tells one log from another: its first event and where that stands. A ledger that was copied into another store has
 * the same first event at another position, and a checkpoint of the one means nothing in the other.
 */
export type LogOrigin = string;

/** Null of an empty log. */
export async function originOf(store: EventStore): Promise<LogOrigin | null> {
  for await (const [first] of store.readRaw({ batchSize: 1 })) if (first !== undefined) return logOrigin(first);
  return null;
}

export function logOrigin(first: { readonly id: string; readonly position: Position }): LogOrigin {
  return `${first.id}@${first.position}`;
}
