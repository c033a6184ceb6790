import type { ClientBase } from 'pg';
import type { EventStore, StoredEvent } from '#event-store';
import type { Projection } from '../projection/projection.js';
import { ThreadFolds } from '../projection/thread-folds.js';
import { Blockade } from './blockade.js';
import type { ParkedEvent } from './parked-event.js';
import { ParkedTable } from './parked-table.js';
import { Sieve } from './sieve.js';

/** Events of a line in one transaction. */
const BATCH = 500;

export interface ReleaseParts {
  /** In a transaction that holds the lock on the projection's checkpoint. */
  readonly client: ClientBase;
  readonly schema: string;
  readonly projection: Projection;
  readonly store: EventStore;
}

export interface Released {
  readonly applied: number;
  /** What comes first in the line now. */
  readonly next: ParkedEvent | null;
}

/** Tries what a stream holds back, from its first event on, as far as one batch and the next that fails. */
export async function releaseBatch({ client, schema, projection, store }: ReleaseParts, stream: string) {
  const parked = new ParkedTable(client, schema, projection);
  const events = await eventsOf(store, await parked.line(stream, BATCH));
  const sieve = new Sieve({ client, schema, projection, folds: new ThreadFolds(store) }, new Blockade(projection));
  await sieve.pass(events);
  const applied = events.filter((stored) => !sieve.held.has(stored)).map(({ position }) => position);
  await parked.release(applied);
  return { applied: applied.length, next: (await parked.line(stream, 1))[0] ?? null } satisfies Released;
}

/** One that waits with none parked before it was merely not tried yet. */
export function mayGoOn({ applied, next }: Released): boolean {
  return applied > 0 && next?.state === 'waiting';
}

async function eventsOf(store: EventStore, line: readonly ParkedEvent[]): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (const stream of new Set(line.map((event) => event.stream))) {
    const own = line.filter((event) => event.stream === stream);
    const [first, last] = [own[0]?.revision ?? 0n, own.at(-1)?.revision ?? 0n];
    const wanted = new Set(own.map(({ revision }) => revision));
    for await (const stored of store.readStream(stream, { from: first, limit: Number(last - first) + 1 })) {
      if (wanted.has(stored.revision)) events.push(stored);
    }
  }
  return events.toSorted((left, right) => (left.position < right.position ? -1 : 1));
}
