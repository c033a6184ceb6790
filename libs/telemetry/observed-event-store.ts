import {
  type AppendOptions,
  type AppendResult,
  type CountRange,
  EventStore,
  type ExpectedRevision,
  type FeedBatch,
  type LogRange,
  type NewEvent,
  type Position,
  type RawEvent,
  type RawLogRange,
  type StoredEvent,
  type StreamRange,
  type SubscriptionOptions,
} from '#event-store';

/** An append that has ended, well or not. */
export interface EndedAppend {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  /** Of `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: AppendResult | null;
  /** Null when there is a result. */
  readonly error: unknown;
}

/** Any event store, with somebody who is told of each append. */
export class ObservedEventStore extends EventStore {
  constructor(
    private readonly store: EventStore,
    private readonly onAppend: (append: EndedAppend) => void,
  ) {
    super();
  }

  override get letsAppendsFollow(): boolean {
    return this.store.letsAppendsFollow;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options?: AppendOptions,
  ): Promise<AppendResult> {
    const startedAt = performance.now();
    const ended = (result: AppendResult | null, error: unknown) =>
      this.onAppend({ stream, events, startedAt, endedAt: performance.now(), result, error });
    try {
      const result = await this.store.append(stream, expected, events, options);
      ended(result, null);
      return result;
    } catch (error) {
      ended(null, error);
      throw error;
    }
  }

  readStream(stream: string, range?: StreamRange): AsyncIterable<StoredEvent> {
    return this.store.readStream(stream, range);
  }

  readAll(range?: LogRange): AsyncIterable<StoredEvent> {
    return this.store.readAll(range);
  }

  override readBatches(range?: LogRange): AsyncIterable<readonly StoredEvent[]> {
    return this.store.readBatches(range);
  }

  readRawStream(stream: string, range?: StreamRange): AsyncIterable<RawEvent> {
    return this.store.readRawStream(stream, range);
  }

  readRaw(range?: RawLogRange): AsyncIterable<readonly RawEvent[]> {
    return this.store.readRaw(range);
  }

  subscribe(options: SubscriptionOptions): AsyncIterable<FeedBatch> {
    return this.store.subscribe(options);
  }

  override count(range: CountRange): Promise<number> {
    return this.store.count(range);
  }

  head(): Promise<Position> {
    return this.store.head();
  }

  ping(): Promise<void> {
    return this.store.ping();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
