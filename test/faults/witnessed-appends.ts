import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type EventStore, EventStoreUnavailable, type Position, type Revision, type StoredEvent } from '#event-store';
import { all, SeededEvents } from '#event-store/testing';

const CATCH_UP_MS = 60_000;

interface Acknowledged {
  readonly stream: string;
  readonly id: string;
  readonly revision: Revision;
  readonly position: Position;
}

export interface WitnessedOptions {
  readonly writers: number;
  /** Of one event each; more while something that `onAcknowledged` began is not over. */
  readonly appends: number;
  readonly seed: number;
  /** Told after each acknowledgement how many there were. What it returns goes on beside the appends. */
  readonly onAcknowledged: (count: number) => Promise<void> | undefined;
}

export interface Witnessed {
  readonly acknowledged: readonly Acknowledged[];
  /** As a subscription handed them out. */
  readonly seen: readonly StoredEvent[];
  /** Appends that were given up and sent again under the same id, as a caller does that does not know the outcome. */
  readonly sentAgain: number;
  /** The longest time between two acknowledgements. */
  readonly longestPauseMs: number;
}

/**
 * Writers that append to a stream of their own, each at the revision where it left the stream, and to one that they
 * share; a subscriber beside them. Whatever happens to the servers, every append is brought to its end.
 */
export async function appendAndWitness(store: EventStore, options: WitnessedOptions): Promise<Witnessed> {
  const make = new SeededEvents(options.seed);
  const shared = make.threadStream();
  const acknowledged: Acknowledged[] = [];
  const disturbances: Promise<void>[] = [];
  let disturbing = 0;
  let begun = 0;
  let sentAgain = 0;
  let lastAt = Date.now();
  let longestPauseMs = 0;

  const appendOne = async (stream: string, expected: Revision | 'none' | 'any'): Promise<Revision> => {
    const event = make.newEvent();
    for (;;) {
      try {
        const { revision, position } = await store.append(stream, expected, [event]);
        acknowledged.push({ stream, id: event.id, revision, position });
        longestPauseMs = Math.max(longestPauseMs, Date.now() - lastAt);
        lastAt = Date.now();
        const disturbance = options.onAcknowledged(acknowledged.length);
        if (disturbance !== undefined) {
          disturbing += 1;
          disturbances.push(disturbance.finally(() => (disturbing -= 1)));
        }
        return revision;
      } catch (error) {
        if (!(error instanceof EventStoreUnavailable)) throw error;
        sentAgain += 1;
        // A store that was closed refuses at once, and a test that has run out of time would never come to its end.
        await delay(1);
      }
    }
  };
  const write = async () => {
    const own = make.threadStream();
    let last: Revision | 'none' = 'none';
    for (let n = 0; begun < options.appends || disturbing > 0; n++) {
      begun += 1;
      if (n % 4 === 3) await appendOne(shared, 'any');
      else last = await appendOne(own, last);
    }
  };

  const start = await store.head();
  const done = new AbortController();
  const seen: StoredEvent[] = [];
  const subscriber = (async () => {
    for await (const { events } of store.subscribe({ after: start, batchSize: 100, signal: done.signal })) {
      seen.push(...events);
    }
  })();
  await Promise.all(Array.from({ length: options.writers }, write));
  await Promise.all(disturbances);
  const giveUpAt = Date.now() + CATCH_UP_MS;
  while (seen.length < acknowledged.length && Date.now() < giveUpAt) await delay(20);
  done.abort();
  await subscriber;
  return { acknowledged, seen, sentAgain, longestPauseMs };
}

/** The log holds just what was acknowledged, where it was said to be, and the subscriber saw just that log. */
export async function expectWhole(store: EventStore, { acknowledged, seen }: Witnessed): Promise<void> {
  const log = await all(store.readAll());
  const held = new Map(log.map(({ id, stream, revision, position }) => [id, { stream, id, revision, position }]));
  expect(held.size).toBe(log.length);
  expect(acknowledged.filter((one) => !held.has(one.id))).toEqual([]);
  expect(log).toHaveLength(acknowledged.length);
  expect(acknowledged.filter((one) => !isSame(held.get(one.id), one))).toEqual([]);

  expect(log.filter(({ position }, n) => n > 0 && position <= (log[n - 1]?.position ?? position))).toEqual([]);
  const ends = new Map<string, Revision>();
  for (const { stream, revision } of log) {
    expect(revision).toBe((ends.get(stream) ?? -1n) + 1n);
    ends.set(stream, revision);
  }
  expect(seen.map(({ id, position }) => `${position} ${id}`)).toEqual(
    log.map(({ id, position }) => `${position} ${id}`),
  );
}

function isSame(left: Acknowledged | undefined, right: Acknowledged): boolean {
  return left?.stream === right.stream && left.revision === right.revision && left.position === right.position;
}
