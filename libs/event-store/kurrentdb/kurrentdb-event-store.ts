import { EventCodec } from '../codec.js';
import { EventIdReused, EventStoreUnavailable } from '../errors.js';
import { isStorable } from '../event-row.js';
import {
  type AppendResult,
  BEFORE_FIRST,
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
} from '../event-store.js';
import { Connection, type ConnectionLimits } from './connection.js';
import { HeldIdsOfStreams } from './held-ids.js';
import { type BellLimits, LiveBell } from './live-bell.js';
import { positionOf } from './log-position.js';
import { LogReader, PAGE, passes } from './log-reader.js';
import { decodeEvent, encodeAppend, positionIn, rawEvent } from './recorded-event.js';
import { StreamAppender } from './stream-appender.js';

export interface KurrentDbEventStoreOptions {
  /** A connection string, checked by `eventStoreUrlProblem`. */
  readonly url: string;
  readonly codec?: EventCodec;
  readonly limits?: ConnectionLimits;
  readonly bellLimits?: BellLimits;
}

/**
 * The log in KurrentDB: one node or a cluster. Every event on the server that is not the server's own is one of the
 * ledger. Times are those of the node that leads; after a change of leader one may be earlier than the one before.
 */
export class KurrentDbEventStore extends EventStore {
  private readonly codec: EventCodec;
  private readonly connection: Connection;
  private readonly reader: LogReader;
  private readonly bell: LiveBell;
  private readonly appender: StreamAppender;
  private readonly held = new HeldIdsOfStreams();
  private readonly closing = new AbortController();
  private closed: Promise<void> | null = null;

  constructor({ url, codec, limits, bellLimits }: KurrentDbEventStoreOptions) {
    super();
    this.codec = codec ?? new EventCodec();
    this.connection = new Connection(url, limits);
    this.reader = new LogReader(this.connection);
    this.bell = new LiveBell(this.connection, bellLimits);
    this.appender = new StreamAppender(this.connection, this.reader, this.held, () => this.bell.ring());
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (events.length === 0) throw new RangeError(`An append to ${stream} needs at least one event.`);
    if (events.length > 1 && new Set(events.map(({ id }) => id)).size < events.length) throw new EventIdReused(stream);
    if (!isStorable(stream) || stream.startsWith('$')) {
      throw new RangeError('A stream name holds a NUL or half a character, or begins with "$".');
    }
    return this.appender.append({ stream, expected, ...encodeAppend(this.codec, events) });
  }

  async *readStream(stream: string, range: StreamRange = {}): AsyncIterable<StoredEvent> {
    this.refuseWhenClosed();
    const isFromStart = range.direction !== 'backward' && (range.from ?? 0n) === 0n;
    const watch = isFromStart ? this.held.watch(stream) : null;
    for await (const recorded of this.reader.stream(stream, range)) {
      const event = decodeEvent(this.codec, recorded);
      watch?.saw(event);
      yield event;
      this.refuseWhenClosed();
    }
    watch?.end();
  }

  async *readRawStream(stream: string, range: StreamRange = {}): AsyncIterable<RawEvent> {
    this.refuseWhenClosed();
    for await (const recorded of this.reader.stream(stream, range)) yield rawEvent(recorded);
  }

  async *readRaw({
    after: from = BEFORE_FIRST,
    until,
    batchSize = PAGE,
  }: RawLogRange = {}): AsyncIterable<readonly RawEvent[]> {
    const head = await this.head();
    const end = until !== undefined && until < head ? until : head;
    for (let after = from; after < end; ) {
      this.refuseWhenClosed();
      const page = await this.reader.page(after, Math.min(batchSize, PAGE));
      const events = page.events.map(rawEvent).filter(({ position }) => position <= end);
      if (events.length > 0) yield events;
      if (page.isLast || events.length < page.events.length) return;
      after = events.at(-1)?.position ?? end;
    }
  }

  async *readAll({
    after: from = BEFORE_FIRST,
    until,
    filter,
    limit,
    batchSize = PAGE,
  }: LogRange = {}): AsyncIterable<StoredEvent> {
    const head = await this.head();
    const end = until !== undefined && until < head ? until : head;
    let after = from;
    let left = limit ?? Number.POSITIVE_INFINITY;
    while (left > 0 && after < end) {
      this.refuseWhenClosed();
      const { events, isLast } = await this.reader.page(after, Math.min(batchSize, PAGE, left), filter);
      for (const recorded of events) {
        after = positionOf(positionIn(recorded));
        if (after > end) return;
        if (!passes(recorded, filter)) continue;
        yield decodeEvent(this.codec, recorded);
        left -= 1;
        if (left <= 0) return;
      }
      if (isLast) return;
    }
  }

  /**
   * Read in pages, each when it is asked for. Filters are applied here and not on the server: only an event that was seen
   * proves that the log has been read so far, whichever node has answered.
   */
  async *subscribe({
    after: from,
    filter,
    batchSize = PAGE,
    signal: over,
  }: SubscriptionOptions): AsyncIterable<FeedBatch> {
    const signal = AbortSignal.any([over, this.closing.signal]);
    let after = from;
    let saidCaughtUp = false;
    let rungFor = true;
    while (!over.aborted) {
      this.refuseWhenClosed();
      this.bell.listen();
      const { rings } = this.bell;
      const page = await this.pageOrNull(after, batchSize);
      const last = page?.events.at(-1);
      if (page !== null && last !== undefined) {
        if (!rungFor) void this.bell.missed(rings);
        after = positionOf(positionIn(last));
        saidCaughtUp = page.isLast;
        rungFor = true;
        const events = page.events.filter((event) => passes(event, filter));
        yield { events: events.map((event) => decodeEvent(this.codec, event)), position: after, caughtUp: page.isLast };
      } else if (page !== null && !saidCaughtUp) {
        saidCaughtUp = true;
        yield { events: [], position: after, caughtUp: true };
      } else {
        await this.bell.next(rings, signal);
        rungFor = this.bell.rings > rings;
      }
    }
  }

  override async count({ after: from, until, atMost }: CountRange): Promise<number> {
    let count = 0;
    for await (const events of this.readRaw({ after: from, ...(until !== undefined && { until }) })) {
      count += events.length;
      if (count >= atMost) return atMost;
    }
    return count;
  }

  async head(): Promise<Position> {
    this.refuseWhenClosed();
    const last = await this.reader.last();
    this.refuseWhenClosed();
    return last === null ? BEFORE_FIRST : positionOf(positionIn(last));
  }

  async ping(): Promise<void> {
    await this.head();
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  private async shutDown(): Promise<void> {
    await this.appender.close();
    this.closing.abort();
    await Promise.all([this.reader.close(), this.bell.close()]);
    await this.connection.close();
  }

  /** Null: the store is not there now; it is asked again, for as long as it takes. */
  private async pageOrNull(after: Position, size: number) {
    try {
      return await this.reader.page(after, Math.min(size, PAGE));
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable) || this.closing.signal.aborted) throw error;
      return null;
    }
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new EventStoreUnavailable('The event store is closed.');
  }
}
