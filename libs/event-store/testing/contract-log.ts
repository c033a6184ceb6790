import type { AppendResult, EventCodec, EventStore, FeedBatch, NewEvent, Position, StoredEvent } from '../index.js';

/** The log of one contract suite, with two processes' stores that stay open throughout. */
export interface ContractLog {
  readonly store: EventStore;
  readonly other: EventStore;
  /** Another store, closed with the suite if the test has not done so. */
  openStore(codec?: EventCodec): EventStore;
}

/** What an adapter says of itself, where its store cannot do what another can. */
export interface StoreCapabilities {
  /**
   * Refuses an id that another stream holds. Without it the application is as safe: it makes the ids of a command's
   * events from the command's own id, and a command is of one stream.
   */
  readonly refusesIdsOfOtherStreams: boolean;
  /** Stores may be opened on logs of their own, which a test may leave unreadable. */
  readonly opensOtherLogs: boolean;
}

export function idsOf(events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id);
}

export async function settled(appends: readonly Promise<AppendResult>[]): Promise<{
  readonly succeeded: readonly AppendResult[];
  readonly errors: readonly unknown[];
}> {
  const outcomes = await Promise.allSettled(appends);
  return {
    succeeded: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    errors: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])),
  };
}

/** Reads a feed until `enough`; fails by the test's own time limit when that never comes. */
export async function feedUntil(
  feed: AsyncIterable<FeedBatch>,
  enough: (seen: readonly StoredEvent[], batch: FeedBatch) => boolean,
): Promise<{ readonly events: readonly StoredEvent[]; readonly batches: readonly FeedBatch[] }> {
  const events: StoredEvent[] = [];
  const batches: FeedBatch[] = [];
  for await (const batch of feed) {
    batches.push(batch);
    events.push(...batch.events);
    if (enough(events, batch)) break;
  }
  return { events, batches };
}

/** Appends one by one to any revision and answers the last position. */
export async function appendEach(
  store: EventStore,
  appends: readonly (readonly [stream: string, event: NewEvent])[],
): Promise<Position> {
  let last: Position = -1n;
  for (const [stream, event] of appends) last = (await store.append(stream, 'any', [event])).position;
  return last;
}
