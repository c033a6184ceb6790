import {
  BACKWARDS,
  END,
  eventTypeFilter,
  type Filter,
  FORWARDS,
  type KurrentDBClient,
  type ReadRevision,
  type RecordedEvent,
  START,
  StreamNotFoundError,
  streamNameFilter,
} from '@kurrent/kurrentdb-client';
import { BEFORE_FIRST, type EventFilter, type Position, type Revision, type StreamRange } from '../event-store.js';
import type { Connection } from './connection.js';
import { positionOf, readFrom } from './log-position.js';
import { positionIn } from './recorded-event.js';

export const PAGE = 1_000;
/** With a filter the server may have to pass over much before it finds anything. */
const FILTERED_ANSWER_MS = 60_000;
/** Those of the server itself begin with `$`. */
const OWN_EVENTS = eventTypeFilter({ regex: '^[^$]' });

export interface LogPage {
  readonly events: readonly RecordedEvent[];
  /** Nothing more was in the log up to where it was to be read. */
  readonly isLast: boolean;
}

/** Reads in pages, each asked for again while its answer does not come. Only the leader is asked: it alone is current. */
export class LogReader {
  private readonly reading = new Set<Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(private readonly connection: Connection) {}

  async *stream(stream: string, range: StreamRange = {}): AsyncIterable<RecordedEvent> {
    const backward = range.direction === 'backward';
    let left = range.limit ?? Number.POSITIVE_INFINITY;
    let from: ReadRevision = range.from ?? (backward ? END : START);
    while (left > 0) {
      const size = Math.min(left, PAGE);
      const events = await this.read((client) =>
        client.readStream(stream, {
          fromRevision: from,
          direction: backward ? BACKWARDS : FORWARDS,
          maxCount: size,
          requiresLeader: true,
        }),
      );
      yield* events;
      const last = events.at(-1);
      if (last === undefined || events.length < size) return;
      left -= events.length;
      from = last.revision + (backward ? -1n : 1n);
      if (from < 0n) return;
    }
  }

  /** One that the server has just spoken of. */
  async eventAt(stream: string, revision: Revision): Promise<RecordedEvent> {
    for await (const event of this.stream(stream, { from: revision, limit: 1 })) return event;
    // Spoken of by another node than the one that was asked.
    throw new Error(`Stream ${stream} has no event ${revision} yet.`);
  }

  /** The first `size` events after a position that pass the filter on the server. */
  async page(after: Position, size: number, filter?: EventFilter): Promise<LogPage> {
    // One more than is wanted tells whether there is more; and the server begins with the event at the position.
    const more = after === BEFORE_FIRST ? 1 : 2;
    const events = await this.read(
      (client) =>
        client.readAll({
          fromPosition: readFrom(after),
          direction: FORWARDS,
          maxCount: size + more,
          requiresLeader: true,
          filter: serverFilter(filter),
        }),
      filter === undefined ? undefined : FILTERED_ANSWER_MS,
    );
    const following = events.filter((event) => positionOf(positionIn(event)) > after);
    return { events: following.slice(0, size), isLast: following.length <= size };
  }

  async last(): Promise<RecordedEvent | null> {
    const [event] = await this.read((client) =>
      client.readAll({
        fromPosition: END,
        direction: BACKWARDS,
        maxCount: 1,
        requiresLeader: true,
        filter: OWN_EVENTS,
      }),
    );
    return event ?? null;
  }

  /** Waits for the answers under way, which are not asked for again. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.reading);
  }

  private async read(
    open: (client: KurrentDBClient) => AsyncIterable<{ readonly event?: RecordedEvent }>,
    answerMs?: number,
  ): Promise<readonly RecordedEvent[]> {
    const reading = this.connection.persistently(
      () => this.connection.ask((client) => collect(open(client)), answerMs),
      this.closing.signal,
    );
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }
}

async function collect(answers: AsyncIterable<{ readonly event?: RecordedEvent }>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  try {
    for await (const { event } of answers) if (event !== undefined) events.push(event);
  } catch (error) {
    if (error instanceof StreamNotFoundError) return [];
    throw error;
  }
  return events;
}

/** The server filters by types or by streams; of both parts it gets the types, and the caller looks at the rest. */
function serverFilter(filter: EventFilter | undefined): Filter {
  if (filter?.types !== undefined) {
    // No type at all lets nothing pass.
    return eventTypeFilter({ regex: `^(${filter.types.length === 0 ? '\\$none' : filter.types.join('|')})$` });
  }
  if (filter?.streamPrefix !== undefined && filter.streamPrefix !== '') {
    // Not as a prefix: servers from 25.1 on look for the name of an index there first, and fail where they have none.
    return streamNameFilter({ regex: `^${filter.streamPrefix.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}` });
  }
  return OWN_EVENTS;
}

export function passes(event: RecordedEvent, filter: EventFilter | undefined): boolean {
  if (event.type.startsWith('$')) return false;
  return (
    (filter?.types?.some((type) => type === event.type) ?? true) &&
    event.streamId.startsWith(filter?.streamPrefix ?? '')
  );
}
