import type { Position, Revision } from '#event-store';

/*
 * What clients, readers and the database say after a time of faults. Plain data: the checker needs nothing else, and a
 * test can write it down by hand.
 */

export interface Acknowledgement {
  readonly kind: 'acknowledged';
  readonly stream: string;
  /** Null: it had been done by an earlier try, and nothing was added. */
  readonly at: {
    /** Of the write's last event. */
    readonly revision: Revision;
    /** Reads with this one show the write; it is that of the last event of the same append, or the write's own. */
    readonly position: Position;
  } | null;
}

export type Outcome =
  | Acknowledgement
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer, a cut one, or one of the 500s. */
  | { readonly kind: 'unknown'; readonly why: string };

/** One request. `begun` and `ended` count the steps of all clients of one history, so that two can be told apart. */
export interface Try {
  readonly begun: number;
  readonly ended: number;
  readonly outcome: Outcome;
}

export interface Write {
  readonly client: string;
  /** Stands in every event that the write makes, and in no other. */
  readonly mark: string;
  /** One text an event, in their order: all that was sent. */
  readonly contents: readonly string[];
  /** The revision that If-Match named. */
  readonly builtOn: Revision | null;
  /** All tries but the first are repeats under the same Idempotency-Key. */
  readonly tries: readonly Try[];
}

/** A read with `?after=` that was answered. */
export interface Read {
  readonly client: string;
  readonly stream: string;
  readonly after: Position;
  /** -1: it said that there is no such thread. */
  readonly shown: Revision;
}

export interface SeenEvent {
  readonly position: Position;
  readonly id: string;
}

export interface LogEvent extends SeenEvent {
  readonly stream: string;
  readonly revision: Revision;
  /** Null: not by one of the clients. */
  readonly mark: string | null;
  readonly content: string;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly recordedAt: string;
}

/** Somebody who follows the log and was given the time to come to its end. */
export interface Reader {
  readonly name: string;
  readonly from: Position;
  readonly seen: readonly SeenEvent[];
}

export interface ReadModelRows {
  readonly name: string;
  /** Sorted. */
  readonly live: readonly string[];
  readonly rebuilt: readonly string[];
}

export interface History {
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  /** As the database holds it, by position. */
  readonly log: readonly LogEvent[];
  readonly readers: readonly Reader[];
  readonly readModels: readonly ReadModelRows[];
  /** Events that a projection would not apply, in words. None of these events is faulty. */
  readonly parked: readonly string[];
  /** What was not well again long after its fault was over, and processes that ended by themselves, in words. */
  readonly notRecovered: readonly string[];
}

export type FindingKind =
  | 'lost write'
  | 'altered write'
  | 'doubled write'
  | 'torn write'
  | 'refused write done'
  | 'unsent event'
  | 'wrong receipt'
  | 'lost update'
  | 'two answers under one key'
  | 'gap in a stream'
  | 'gap in the log'
  | 'time went back'
  | 'order against time'
  | 'reader missed'
  | 'reader told twice'
  | 'reader out of order'
  | 'reader told of nothing'
  | 'stale read'
  | 'read model differs'
  | 'event parked'
  | 'not recovered';

/** Something that must never be. */
export interface Finding {
  readonly kind: FindingKind;
  readonly what: string;
}

export function grouped<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
