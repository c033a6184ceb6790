import { type NameKind, NameRegistry, Sources, Threads } from '#application';
import {
  type AppendResult,
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
  WrongExpectedRevision,
} from '#event-store';

/**
 * For a dry run: the real ledger with what the import adds on top, in memory and nowhere else. The very commands of an
 * import run against it, so that a dry run refuses just what the import would.
 */
export function forgetfulLedger(store: EventStore, names: NameRegistry): { threads: Threads; sources: Sources } {
  const shadow = new ForgetfulStore(store);
  const shadowNames = new ForgetfulNames(names);
  const sources = new Sources(shadow, shadowNames);
  return { threads: new Threads(shadow, shadowNames, sources), sources };
}

class ForgetfulNames extends NameRegistry {
  private readonly reserved = new Map<string, string>();

  constructor(private readonly names: NameRegistry) {
    super();
  }

  override async reserve(kind: NameKind, name: string, id: string): Promise<string> {
    const holder = await this.lookup(kind, name);
    if (holder !== null) return holder;
    const key = `${kind}/${name}`;
    // Somebody may have been faster while the registry was asked.
    const winner = this.reserved.get(key) ?? id;
    this.reserved.set(key, winner);
    return winner;
  }

  override recall(kind: NameKind, name: string): string | null {
    return this.reserved.get(`${kind}/${name}`) ?? this.names.recall(kind, name);
  }

  override async lookup(kind: NameKind, name: string): Promise<string | null> {
    return this.recall(kind, name) ?? (await this.names.lookup(kind, name));
  }
}

class ForgetfulStore extends EventStore {
  private readonly added = new Map<string, StoredEvent[]>();
  private readonly heads = new Map<string, Promise<bigint>>();
  private appended = 0n;

  constructor(private readonly store: EventStore) {
    super();
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    const base = await this.headOf(stream);
    const added = this.added.get(stream) ?? [];
    const actual = base + BigInt(added.length);
    const wanted = expected === 'none' ? -1n : expected;
    if (wanted !== 'any' && wanted !== actual) throw new WrongExpectedRevision(stream, expected, actual);
    const recordedAt = new Date().toISOString();
    for (const event of events) {
      const revision = base + BigInt(added.length) + 1n;
      added.push({ ...event, stream, revision, position: this.appended++, recordedAt, schemaVersion: 1 });
    }
    this.added.set(stream, added);
    return { revision: base + BigInt(added.length), position: this.appended, recordedAt, deduplicated: false };
  }

  override async *readStream(stream: string, range: StreamRange = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forward', from, limit = Number.POSITIVE_INFINITY } = range;
    const added = this.added.get(stream) ?? [];
    let left = limit;
    if (direction === 'backward') {
      for (const event of added.toReversed()) {
        if (from !== undefined && event.revision > from) continue;
        if (left-- <= 0) return;
        yield event;
      }
      if (left > 0) yield* this.store.readStream(stream, { ...range, ...(limit < Infinity && { limit: left }) });
      return;
    }
    for await (const event of this.store.readStream(stream, range)) {
      left -= 1;
      yield event;
    }
    for (const event of added) {
      if (from !== undefined && event.revision < from) continue;
      if (left-- <= 0) return;
      yield event;
    }
  }

  override readAll(range?: LogRange): AsyncIterable<StoredEvent> {
    return this.store.readAll(range);
  }

  override readRawStream(stream: string, range?: StreamRange): AsyncIterable<RawEvent> {
    return this.store.readRawStream(stream, range);
  }

  override readRaw(range?: RawLogRange): AsyncIterable<readonly RawEvent[]> {
    return this.store.readRaw(range);
  }

  override subscribe(options: Parameters<EventStore['subscribe']>[0]): AsyncIterable<FeedBatch> {
    return this.store.subscribe(options);
  }

  override head(): Promise<Position> {
    return this.store.head();
  }

  override ping(): Promise<void> {
    return this.store.ping();
  }

  /** The store below belongs to whoever made it. */
  override async close(): Promise<void> {
    this.added.clear();
  }

  private headOf(stream: string): Promise<bigint> {
    const known = this.heads.get(stream) ?? this.askHead(stream);
    this.heads.set(stream, known);
    return known;
  }

  private async askHead(stream: string): Promise<bigint> {
    for await (const { revision } of this.store.readStream(stream, { direction: 'backward', limit: 1 }))
      return revision;
    return -1n;
  }
}
