import { EventEmitter, once } from 'node:events';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import pg, { type Pool, type QueryConfig, type QueryResult } from 'pg';
import { EventCodec } from '../codec.js';
import { EventIdReused, EventStoreUnavailable } from '../errors.js';
import { eventRow, isStorable } from '../event-row.js';
import {
  type AppendOptions,
  type AppendResult,
  BEFORE_FIRST,
  type CountRange,
  type EventFilter,
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
import { AppendCommitter, type CommittedBatch, type CommitterLimits } from './append-committer.js';
import { isConnectionLoss } from './connection-loss.js';
import { CopiedEvents } from './copied-events.js';
import { CopyRows } from './copy-rows.js';

export interface PostgresEventStoreOptions {
  /** For the batches in flight, and nothing else: one connection, opened with `pipeline`. */
  readonly appendPool: Pool;
  readonly readPool: Pool;
  readonly codec?: EventCodec;
  readonly limits?: CommitterLimits;
  /** Told of each batch that was committed. */
  readonly onBatch?: (batch: CommittedBatch) => void;
}

const COLUMNS =
  'position, stream, revision, id, type, schema_version, data, actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at';
const PAGE = 1_000;
/** Handed out at a time when nobody says how many: few enough to be gone before the garbage collector moves them. */
const BATCH = 200;
/** Positions that one query passes over at most: filters have no index, and a checkpoint must move on meanwhile. */
const WINDOW = 20_000n;
/** Of a bigint: no stream is longer. */
const LAST_REVISION = 2n ** 63n - 1n;
const READ_TIMEOUT_MS = 30_000;
const POLL_FASTEST_MS = 5;
const POLL_SLOWEST_MS = 100;
const RECONNECT_MS = 500;

interface StoredRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: unknown;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly batch_id: string | null;
  readonly recorded_at: Date;
}

/** What to read of the log at once. */
interface Page {
  readonly after: Position;
  /** At most the head. */
  readonly until: Position;
  readonly filter: EventFilter | undefined;
  /** At most so many events. */
  readonly size: number;
}

/** The log in PostgreSQL: the default, and enough for one newsroom. Positions are gapless from 0, in commit order. */
export class PostgresEventStore extends EventStore {
  private readonly codec: EventCodec;
  private readonly committer: AppendCommitter;
  private readonly appends = new EventEmitter().setMaxListeners(0);
  private readonly reads: Pool;
  private readonly pools: readonly Pool[];
  private readonly closing = new AbortController();
  private closed: Promise<void> | null = null;
  private readonly reading = new Set<Promise<unknown>>();

  constructor(options: PostgresEventStoreOptions) {
    super();
    this.codec = options.codec ?? new EventCodec();
    this.reads = options.readPool;
    this.pools = [options.appendPool, options.readPool];
    // An idle connection that breaks is replaced by the pool; unheard, its error would end the process.
    for (const pool of this.pools) pool.on('error', () => undefined);
    const onCommitted = (batch: CommittedBatch) => {
      this.appends.emit('committed');
      options.onBatch?.(batch);
    };
    this.committer = new AppendCommitter(options.appendPool, onCommitted, options.limits);
  }

  override get letsAppendsFollow(): boolean {
    return true;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    if (events.length === 0) throw new RangeError(`An append to ${stream} needs at least one event.`);
    if (events.length > 1 && new Set(events.map(({ id }) => id)).size < events.length) throw new EventIdReused(stream);
    if (!isStorable(stream)) throw new RangeError('A stream name holds a NUL or half a character.');
    const encoded = events.map((event) => eventRow(this.codec, event));
    const bytes = encoded.reduce((sum, { data }) => sum + data.length, 0);
    return this.committer.append({ stream, expected, follows: options.follows ?? null, events: encoded, bytes });
  }

  async *readStream(stream: string, range: StreamRange = {}): AsyncIterable<StoredEvent> {
    for await (const row of this.streamRows(stream, range)) yield this.decode(rawEvent(row));
  }

  async *readRawStream(stream: string, range: StreamRange = {}): AsyncIterable<RawEvent> {
    for await (const row of this.streamRows(stream, range)) yield rawEvent(row);
  }

  async *readRaw(range: RawLogRange = {}): AsyncIterable<readonly RawEvent[]> {
    const until = await this.end(range);
    yield* this.handedOut(range, until, (raw) => raw);
  }

  /** In batches, decoded when they are asked for. */
  private async *handedOut<Event>(
    range: Omit<LogRange, 'limit'>,
    until: Position,
    make: (raw: RawEvent) => Event,
  ): AsyncIterable<readonly Event[]> {
    for await (const page of this.pages(range, until)) {
      for (const events of batches(page, range.batchSize, make)) {
        yield events;
        // What comes of the next page is taken in meanwhile: a connection that is full would hold up the database.
        await turn();
      }
    }
  }

  /** The database is at the next page while the consumer is at this one. */
  private async *pages(range: Omit<LogRange, 'limit'>, until: Position): AsyncIterable<CopiedEvents> {
    const size = range.batchSize ?? PAGE;
    let [free, filled] = [new CopiedEvents(), new CopiedEvents()];
    const next = (after: Position) => {
      [free, filled] = [filled, free];
      const page = after < until ? this.page(filled, { after, until, filter: range.filter, size }) : null;
      // It may fail before the consumer asks for it, who hears of it then: unheard, it would end the process.
      page?.catch(() => undefined);
      return page;
    };
    let coming = next(range.after ?? BEFORE_FIRST);
    try {
      while (coming !== null) {
        const { events, position } = await coming;
        coming = next(position);
        yield events;
      }
    } finally {
      await coming?.catch(() => undefined);
    }
  }

  private async *streamRows(stream: string, range: StreamRange): AsyncIterable<StoredRow> {
    const backward = range.direction === 'backward';
    let left = range.limit ?? Number.POSITIVE_INFINITY;
    let bound = range.from ?? (backward ? LAST_REVISION : 0n);
    while (left > 0) {
      const size = Math.min(left, PAGE);
      const rows = await this.query(
        `SELECT ${COLUMNS} FROM ledger.events
         WHERE stream = $1 AND revision ${backward ? '<=' : '>='} $2
         ORDER BY revision ${backward ? 'DESC' : 'ASC'} LIMIT $3`,
        [stream, bound.toString(), size],
        `stream_${backward ? 'backward' : 'forward'}`,
      );
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < size) return;
      left -= rows.length;
      bound = BigInt(last.revision) + (backward ? -1n : 1n);
      if (bound < 0n) return;
    }
  }

  async *readAll(range: LogRange = {}): AsyncIterable<StoredEvent> {
    for await (const events of this.readBatches(range)) {
      // Not yield*, which takes three turns of the event loop for each.
      for (const stored of events) yield stored;
    }
  }

  override async *readBatches(range: LogRange = {}): AsyncIterable<readonly StoredEvent[]> {
    const until = await this.end(range);
    const decoded = (raw: RawEvent) => this.decode(raw);
    if (range.limit === undefined) {
      yield* this.handedOut(range, until, decoded);
      return;
    }
    const copied = new CopiedEvents();
    let left = range.limit;
    for (let after = range.after ?? BEFORE_FIRST; left > 0 && after < until; ) {
      const size = Math.min(left, range.batchSize ?? PAGE);
      const { events, position } = await this.page(copied, { after, until, filter: range.filter, size });
      yield* batches(events, size, decoded);
      left -= events.length;
      after = position;
    }
  }

  /** Where reading ends: what is appended meanwhile is not read. */
  private async end({ until }: Pick<LogRange, 'until'>): Promise<Position> {
    const head = await this.head();
    return until !== undefined && until < head ? until : head;
  }

  async *subscribe(options: SubscriptionOptions): AsyncIterable<FeedBatch> {
    const signal = AbortSignal.any([options.signal, this.closing.signal]);
    const { filter, batchSize: size = PAGE } = options;
    const copied = new CopiedEvents();
    let after = options.after;
    let idle = 0;
    let saidCaughtUp = false;
    while (!options.signal.aborted) {
      this.refuseWhenClosed();
      try {
        const head = await this.head();
        if (head > after) {
          const { events, position } = await this.page(copied, { after, until: head, filter, size });
          after = position;
          idle = 0;
          saidCaughtUp = after === head;
          yield { events: events.from(0, size, (raw) => this.decode(raw)), position, caughtUp: saidCaughtUp };
          continue;
        }
      } catch (error) {
        if (!(error instanceof EventStoreUnavailable) || this.closing.signal.aborted) throw error;
        await quietly(delay(RECONNECT_MS, undefined, { signal }));
        continue;
      }
      if (!saidCaughtUp) {
        saidCaughtUp = true;
        yield { events: [], position: after, caughtUp: true };
        continue;
      }
      await this.nextAppend(Math.min(POLL_SLOWEST_MS, POLL_FASTEST_MS * 2 ** Math.min(idle++, 8)), signal);
    }
  }

  override async count({ after, until, atMost }: CountRange): Promise<number> {
    const head = await this.head();
    const last = until !== undefined && until < head ? until : head;
    return last > after ? Math.min(Number(last - after), atMost) : 0;
  }

  async head(): Promise<Position> {
    const rows = await this.query('SELECT position FROM ledger.events ORDER BY position DESC LIMIT 1', [], 'log_head');
    return rows[0] === undefined ? BEFORE_FIRST : BigInt(rows[0].position);
  }

  async ping(): Promise<void> {
    await this.head();
  }

  close(): Promise<void> {
    this.closed ??= this.shutDown();
    return this.closed;
  }

  private async shutDown(): Promise<void> {
    this.closing.abort();
    await this.committer.close();
    // A pool that ends leaves queries which still wait for a connection without an answer.
    await Promise.allSettled(this.reading);
    await Promise.all(this.pools.map((pool) => (pool.ended ? undefined : pool.end())));
  }

  /** Returns early when this process appends; others' appends are found by polling. */
  private async nextAppend(waitMs: number, outer: AbortSignal): Promise<void> {
    const done = new AbortController();
    const signal = AbortSignal.any([outer, done.signal]);
    await Promise.race([
      quietly(once(this.appends, 'committed', { signal })),
      quietly(delay(waitMs, undefined, { signal })),
    ]);
    done.abort();
  }

  /** The first `size` events that pass, in place of what `copied` held, and how far the log has then been read. */
  private async page(
    copied: CopiedEvents,
    { after, until, filter, size }: Page,
  ): Promise<{ readonly events: CopiedEvents; readonly position: Position }> {
    const end = until - after > WINDOW ? after + WINDOW : until;
    copied.clear();
    const copy = new CopyRows(
      copied,
      `ledger.events WHERE position > ${after} AND position <= ${end}
       ${filter?.types === undefined ? '' : `AND type IN (${filter.types.map(pg.escapeLiteral).join() || 'NULL'})`}
       ${filter?.streamPrefix === undefined ? '' : `AND starts_with(stream, ${pg.escapeLiteral(filter.streamPrefix)})`}
       ORDER BY position LIMIT ${size}`,
      READ_TIMEOUT_MS,
    );
    await this.answered(copy);
    return { events: copied, position: copied.length === size ? copied.lastPosition : end };
  }

  /** Under a name, each connection prepares the statement once. */
  private async query(text: string, values: readonly unknown[], name?: string): Promise<readonly StoredRow[]> {
    const { rows } = await this.answered({
      text,
      ...(name !== undefined && { name }),
      values: [...values],
      // A connection whose other end is gone without a word would never answer.
      query_timeout: READ_TIMEOUT_MS,
    } as QueryConfig);
    return rows;
  }

  private async answered(asked: QueryConfig | CopyRows): Promise<QueryResult<StoredRow>> {
    this.refuseWhenClosed();
    // The pool takes whatever a client does, and answers once it is through.
    const reading: Promise<QueryResult<StoredRow>> = this.reads.query<StoredRow>(asked as QueryConfig);
    this.reading.add(reading);
    try {
      return await reading;
    } catch (error) {
      if (isConnectionLoss(error)) {
        throw new EventStoreUnavailable('The database did not answer. Try again.', { cause: error });
      }
      throw error;
    } finally {
      this.reading.delete(reading);
    }
  }

  private refuseWhenClosed(): void {
    if (this.closing.signal.aborted) throw new EventStoreUnavailable('The event store is closed.');
  }

  private decode(raw: RawEvent): StoredEvent {
    const { id, stream, revision, position, recordedAt, schemaVersion, context } = raw;
    const event = this.codec.decode(raw.type, schemaVersion, raw.data);
    return { id, stream, revision, position, recordedAt, schemaVersion, context, event };
  }
}

/** In batches of `size`, decoded when they are asked for. */
function* batches<Event>(page: CopiedEvents, size = BATCH, make: (raw: RawEvent) => Event): Iterable<readonly Event[]> {
  for (let from = 0; from < page.length; from += size) yield page.from(from, size, make);
}

/** Of a row that somebody has tampered with it may be no time that JavaScript knows. */
function instantOf(at: unknown): string {
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : String(at);
}

function rawEvent(row: StoredRow): RawEvent {
  return {
    id: row.id,
    stream: row.stream,
    revision: BigInt(row.revision),
    position: BigInt(row.position),
    recordedAt: instantOf(row.recorded_at),
    type: row.type,
    schemaVersion: row.schema_version,
    data: row.data,
    context: {
      actor: { id: row.actor_id, name: row.actor_name },
      correlationId: row.correlation_id,
      causationId: row.causation_id,
      batchId: row.batch_id,
    },
  };
}

/** A wait that was called off has nothing to say. */
async function quietly(wait: Promise<unknown>): Promise<void> {
  try {
    await wait;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}
