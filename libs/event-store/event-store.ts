import type { Instant, LedgerPolicyEvent, SourceEvent, ThreadEvent } from '#domain';

/**
 * A place in the whole log. Opaque outside its adapter: compare two with `<` and `===`, store one, print it as text,
 * and never calculate with it. `BEFORE_FIRST` stands before every event of every store.
 */
export type Position = bigint;
export const BEFORE_FIRST: Position = -1n;

/** A place in one stream, from 0. */
export type Revision = bigint;

/**
 * What an append requires of its stream: exactly this last revision, `none` (the stream has no event yet), or `any`.
 * Events whose ids the stream already holds are not appended twice, whatever is expected.
 */
export type ExpectedRevision = Revision | 'none' | 'any';

/** Every event that the ledger knows. */
export type LedgerEvent = ThreadEvent | SourceEvent | LedgerPolicyEvent;
export type LedgerEventType = LedgerEvent['type'];

/** Who did it: an API key (`key:<uuid>`) or a part of the system (`system:<name>`), and the name shown for it. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

export interface EventContext {
  readonly actor: Actor;
  /** The request or job that the event belongs to. */
  readonly correlationId: string;
  /** The event or command that caused it. */
  readonly causationId: string | null;
  /** The import batch. */
  readonly batchId: string | null;
}

export interface NewEvent {
  /** UUIDv7. Appending an id that the stream already holds is a retry and adds nothing. */
  readonly id: string;
  readonly event: LedgerEvent;
  readonly context: EventContext;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  /** Set by the store, in milliseconds; never goes back along the log. */
  readonly recordedAt: Instant;
  /** The version in which it was stored; `event` is always in the newest. */
  readonly schemaVersion: number;
}

/**
 * An event as it lies in the store: in the version in which it was written, neither checked nor upcast. For proofs,
 * which must not depend on what today's build makes of an old event.
 */
export interface RawEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  readonly recordedAt: Instant;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: unknown;
  readonly context: EventContext;
}

export interface AppendOptions {
  /**
   * The id of the event that is to be the stream's last, for an append sent before the one with that event is answered:
   * a revision alone would be met by a stranger's events as well. Only where `letsAppendsFollow`.
   */
  readonly follows?: string;
}

export interface AppendResult {
  /** Of the last event. */
  readonly revision: Revision;
  /** Of the last event. */
  readonly position: Position;
  readonly recordedAt: Instant;
  /** The store already held every event: an earlier try had succeeded. */
  readonly deduplicated: boolean;
}

export interface StreamRange {
  readonly direction?: 'forward' | 'backward';
  /** Inclusive. Forward from the first and backward from the last when left out. */
  readonly from?: Revision;
  readonly limit?: number;
}

/** An event passes when it matches each part that is given. */
export interface EventFilter {
  readonly types?: readonly LedgerEventType[];
  /** Such as `thread-`. */
  readonly streamPrefix?: string;
}

export interface LogRange {
  /** Exclusive. From the first event when left out. */
  readonly after?: Position;
  /** Inclusive. */
  readonly until?: Position;
  readonly filter?: EventFilter;
  readonly limit?: number;
  /** Events fetched at a time; 1,000 when left out. */
  readonly batchSize?: number;
}

export interface CountRange {
  /** Exclusive. */
  readonly after: Position;
  /** Inclusive. To the last event when left out. */
  readonly until?: Position;
  /** Counting ends there. */
  readonly atMost: number;
}

export type RawLogRange = Pick<LogRange, 'after' | 'until' | 'batchSize'>;

/** What a subscription hands out: `events` may be empty when everything read was filtered out, or nothing is new. */
export interface FeedBatch {
  readonly events: readonly StoredEvent[];
  /** Everything up to here has been read, filtered or not: what to store as the checkpoint once the batch is applied. */
  readonly position: Position;
  /** Nothing more was in the store when this batch was read. */
  readonly caughtUp: boolean;
}

export interface SubscriptionOptions {
  /** Exclusive. */
  readonly after: Position;
  readonly filter?: EventFilter;
  readonly batchSize?: number;
  /** Ends the subscription; iteration then finishes without an error. */
  readonly signal: AbortSignal;
}

/**
 * The append-only log. Adapters are interchangeable: `eventStoreContract` in `testing/` says in tests what each must do.
 * Errors: `WrongExpectedRevision`, `EventStoreUnavailable`, `UnknownEventType`, `EventIdReused`.
 */
export abstract class EventStore {
  /**
   * Whether an append may be sent before the one that it builds upon is answered: the store then takes the two in the
   * order of the calls, and refuses the second when the first is.
   */
  get letsAppendsFollow(): boolean {
    return false;
  }

  /** Atomic: all events or none. Resolves once they are durable. */
  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: AppendOptions,
  ): Promise<AppendResult>;

  /** Of a stream that does not exist, nothing. */
  abstract readStream(stream: string, range?: StreamRange): AsyncIterable<StoredEvent>;

  /** In global order. */
  abstract readAll(range?: LogRange): AsyncIterable<StoredEvent>;

  /** As `readAll`, a batch at a time: what goes through much of the log is done sooner. */
  async *readBatches(range: LogRange = {}): AsyncIterable<readonly StoredEvent[]> {
    const size = range.batchSize ?? 1_000;
    let batch: StoredEvent[] = [];
    for await (const stored of this.readAll(range)) {
      batch.push(stored);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  /** As they are stored, unknown types included. Of a stream that does not exist, nothing. */
  abstract readRawStream(stream: string, range?: StreamRange): AsyncIterable<RawEvent>;

  /** As they are stored, unknown types included, in global order, a batch at a time. */
  abstract readRaw(range?: RawLogRange): AsyncIterable<readonly RawEvent[]>;

  /**
   * Everything after a position, then what comes, for ever. The next batch is read only when the consumer asks for it,
   * so a slow consumer holds back nothing but itself. Survives the loss of its connection by itself.
   */
  abstract subscribe(options: SubscriptionOptions): AsyncIterable<FeedBatch>;

  /** How many events stand between two positions, up to `atMost`: positions themselves are no measure of it. */
  async count({ atMost, ...range }: CountRange): Promise<number> {
    let count = 0;
    for await (const _ of this.readAll({ ...range, limit: atMost })) count += 1;
    return count;
  }

  /** Position of the last event; `BEFORE_FIRST` of an empty log. */
  abstract head(): Promise<Position>;

  /** Throws `EventStoreUnavailable` when it cannot answer. */
  abstract ping(): Promise<void>;

  /** Waits for appends under way; later calls fail with `EventStoreUnavailable`. */
  abstract close(): Promise<void>;
}
