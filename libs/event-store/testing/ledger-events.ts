import { type NewEvent, type StoredEvent } from '../event-store.js';

/** Ids that look like UUIDv7 and are the same in every run. */
export function idOf(number: number, kind = 0): string {
  return `01900000-${kind.toString(16).padStart(4, '0')}-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export function threadStream(number: number): string {
  return `thread-${idOf(number, 1)}`;
}

export function sourceStream(number: number): string {
  return `source-${idOf(number, 2)}`;
}

/** A small event whose id and reason tell which one it is. */
export function closed(number: number, reason = `reason ${number}`): NewEvent {
  return { id: idOf(number), event: { type: 'ThreadClosed', data: { reason } }, context };
}

export function rated(number: number): NewEvent {
  return { id: idOf(number), event: { type: 'SourceRated', data: { rating: 'B', reason: `${number}` } }, context };
}

const context = {
  actor: { id: 'key:01900000-0000-7000-8000-0000000000aa', name: 'asia desk CMS' },
  correlationId: 'request-1',
  causationId: null,
  batchId: null,
};

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export function reasons(events: readonly StoredEvent[]): string[] {
  return events.map(({ event }) => ('reason' in event.data ? String(event.data.reason) : event.type));
}
