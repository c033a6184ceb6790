import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { WrongExpectedRevision } from '../errors.js';
import type { NewEvent } from '../event-store.js';
import { idsOf, settled } from '../testing/contract-log.js';
import { all } from '../testing/ledger-events.js';
import { SeededEvents } from '../testing/seeded-events.js';
import { PostgresEventStore } from './postgres-event-store.js';

describe('an append that follows one under way', () => {
  const make = new SeededEvents(0xf0);
  let database: TestDatabase;
  let store: PostgresEventStore;
  let other: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    const open = () => {
      const pool = (pipeline: boolean) =>
        openPool({ url: database.url, role: 'app', max: 2, pipeline, applicationName: 'follows' });
      return new PostgresEventStore({ appendPool: pool(true), readPool: pool(false) });
    };
    store = open();
    other = open();
  });
  afterAll(async () => {
    await Promise.all([store.close(), other.close()]);
    await database.drop();
  });

  /** One event each, all sent before the first is answered. */
  const inARow = (stream: string, events: readonly NewEvent[]) =>
    settled(
      events.map((event, n) => {
        const before = events[n - 1];
        return store.append(stream, n === 0 ? 'none' : BigInt(n - 1), [event], before && { follows: before.id });
      }),
    );

  it('comes right after it', async () => {
    const stream = make.threadStream();
    const events = make.newEvents(20);
    const { succeeded } = await inARow(stream, events);
    expect(succeeded.map(({ revision }) => Number(revision))).toEqual(events.map((_, n) => n));
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(events));
  });

  it('finds itself when all of them are sent again', async () => {
    const stream = make.threadStream();
    const events = make.newEvents(3);
    await inARow(stream, events);
    const { succeeded } = await inARow(stream, events);
    expect(succeeded.map(({ revision, deduplicated }) => [revision, deduplicated])).toEqual([
      [0n, true],
      [1n, true],
      [2n, true],
    ]);
    expect(await all(store.readStream(stream))).toHaveLength(3);
  });

  it("is refused with it, though a stranger's events brought the stream to just that revision", async () => {
    const stream = make.threadStream();
    const strangers = make.newEvents(1);
    await other.append(stream, 'none', strangers);
    const { succeeded, errors } = await inARow(stream, make.newEvents(3));
    expect(succeeded).toEqual([]);
    for (const error of errors) expect(error).toBeInstanceOf(WrongExpectedRevision);
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(strangers));
  });

  it('is refused of a stream that has no event', async () => {
    const stream = make.threadStream();
    const follows = make.newEvent().id;
    await expect(store.append(stream, 'any', make.newEvents(1), { follows })).rejects.toBeInstanceOf(
      WrongExpectedRevision,
    );
  });
});
