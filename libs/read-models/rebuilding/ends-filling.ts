import type { ClientBase, QueryConfig } from 'pg';
import { BEFORE_FIRST, type EventStore, type Position, type StoredEvent } from '#event-store';
import { type Projection, TableWriter } from '../projection/projection.js';
import { ThreadEnds } from '../projection/thread-ends.js';

/** Events of unfinished threads, those before included: some 2 KB of memory each. */
const MOST_WEIGHT = 50_000;

/** What a stretch of the log writes, ready to be sent. */
export interface Filling {
  readonly position: Position;
  readonly events: number;
  write(client: ClientBase): Promise<void>;
}

/**
 * Folds a stretch of the log for a projection that reads only ends: events are let go of as soon as they are folded, save
 * those that it looks at, and each thread of the stretch is written once, however many events it got.
 */
export class EndsFilling {
  private readonly ends: ThreadEnds;
  private readonly looksAt: ReadonlySet<string>;
  private looked: StoredEvent[] = [];
  private events = 0;
  private position: Position = BEFORE_FIRST;

  constructor(
    store: EventStore,
    private readonly projection: Projection,
    private readonly schema: string,
    private readonly size: number,
  ) {
    this.ends = new ThreadEnds(store);
    this.looksAt = new Set(projection.looksAt);
  }

  get isFull(): boolean {
    return this.events >= this.size || this.ends.weight >= MOST_WEIGHT;
  }

  async add(events: readonly StoredEvent[]): Promise<void> {
    await this.ends.fold(events);
    for (const stored of events) if (this.looksAt.has(stored.event.type)) this.looked.push(stored);
    this.events += events.length;
    this.position = events.at(-1)?.position ?? this.position;
  }

  /** Null: nothing was added. What comes next may be folded while it is written. */
  take(): Filling | null {
    const { events, position, looked } = this;
    if (events === 0) return null;
    const statements: QueryConfig[] = [];
    const held = { query: async (statement: QueryConfig) => void statements.push(statement) } as unknown as ClientBase;
    this.projection.apply({ events: looked, steps: [], ends: this.ends.take() }, new TableWriter(held, this.schema));
    this.looked = [];
    this.events = 0;
    return {
      events,
      position,
      async write(client) {
        await Promise.all(statements.map((statement) => client.query(statement)));
      },
    };
  }
}
