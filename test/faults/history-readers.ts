import { setTimeout as delay } from 'node:timers/promises';
import { BEFORE_FIRST, type Position, type StoredEvent } from '#event-store';
import { PostgresEventStore } from '#event-store/postgres';
import { openPool } from '#platform';
import { FeedListener } from '../../apps/api/testing/feed-listener.js';
import type { LogEvent, Reader, SeenEvent } from './history.js';

const COME_BACK_MS = 100;

/** Follows the log until it is stopped, whatever breaks meanwhile. */
export interface FollowingReader {
  /** What it was told until now. */
  reader(): Reader;
  /** Of the last event that it was told of. */
  position(): Position;
  stop(): Promise<void>;
}

export function openStore(url: string): PostgresEventStore {
  const open = (max: number) => openPool({ url, role: 'app', max, applicationName: 'faults reader' });
  return new PostgresEventStore({ appendPool: open(1), readPool: open(2) });
}

/** A subscriber to the store, as projectors are. */
export function followStore(name: string, url: string): FollowingReader {
  const store = openStore(url);
  const done = new AbortController();
  const seen: SeenEvent[] = [];
  const following = (async () => {
    for await (const { events } of store.subscribe({ after: BEFORE_FIRST, batchSize: 100, signal: done.signal })) {
      seen.push(...events.map(({ id, position }) => ({ id, position })));
    }
  })();
  // Told when it is stopped; until then it must not end the process.
  following.catch(() => undefined);
  return {
    reader: () => ({ name, from: BEFORE_FIRST, seen: [...seen] }),
    position: () => seen.at(-1)?.position ?? BEFORE_FIRST,
    async stop() {
      done.abort();
      await following;
      await store.close();
    },
  };
}

/** A client of the live feed that comes back with the last id that it has, as browsers do. */
export function followFeed(name: string, url: string, secret: string): FollowingReader {
  const done = new AbortController();
  const seen: SeenEvent[] = [];
  let listener: FeedListener | null = null;
  const take = () => {
    const messages = listener?.messages.splice(0) ?? [];
    seen.push(...messages.map(({ id, data }) => ({ id: data.eventId as string, position: BigInt(id) })));
  };
  const following = (async () => {
    let lastEventId = '';
    while (!done.signal.aborted) {
      try {
        const came = lastEventId === '' ? {} : { lastEventId };
        listener = await FeedListener.connect(url, { secret, query: '?events=true&after=-1', ...came });
        await listener.over;
      } catch {
        // Cut, or nobody is there just now.
      }
      lastEventId = listener?.lastEventId ?? lastEventId;
      take();
      await delay(COME_BACK_MS);
    }
  })();
  return {
    reader() {
      take();
      return { name, from: BEFORE_FIRST, seen: [...seen] };
    },
    position() {
      take();
      return seen.at(-1)?.position ?? BEFORE_FIRST;
    },
    async stop() {
      done.abort();
      listener?.cut();
      await following;
    },
  };
}

export async function readLog(store: PostgresEventStore, until: Position): Promise<readonly LogEvent[]> {
  const log: LogEvent[] = [];
  for await (const stored of store.readAll({ until })) log.push(logEvent(stored));
  return log;
}

function logEvent({ id, position, stream, revision, recordedAt, event }: StoredEvent): LogEvent {
  return { id, position, stream, revision, recordedAt, ...sentIn(event) };
}

/** What of an event its client had sent, in the words in which the client wrote it down, and the mark that is in it. */
function sentIn(event: StoredEvent['event']): Pick<LogEvent, 'mark' | 'content'> {
  const { type, data } = event;
  if (type === 'ThreadOpened') return { mark: data.slug, content: `${type} ${data.slug} ${data.headline}` };
  if (type === 'ThreadRevised') return { mark: firstWord(data.headline), content: `${type} ${data.headline}` };
  if (type === 'ClaimOpened') return { mark: firstWord(data.statement), content: `${type} ${data.statement}` };
  if (type === 'ClaimReported' || type === 'ClaimConfirmed' || type === 'ClaimDenied') {
    return { mark: data.note, content: `${type} ${data.note} ${data.quote}` };
  }
  return { mark: null, content: type };
}

function firstWord(text: string): string {
  return text.split(' ')[0] ?? '';
}
