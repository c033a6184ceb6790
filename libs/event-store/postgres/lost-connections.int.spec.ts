import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { EventStoreUnavailable } from '../errors.js';
import { idsOf } from '../testing/contract-log.js';
import { DatabaseProxy } from '../testing/database-proxy.js';
import { all } from '../testing/ledger-events.js';
import { SeededEvents } from '../testing/seeded-events.js';
import { COMMITTER_LIMITS, type CommitterLimits } from './append-committer.js';
import { PostgresEventStore } from './postgres-event-store.js';

describe('a store whose connections fail', () => {
  const make = new SeededEvents(0x77);
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let store: PostgresEventStore;

  function openStore(url: string, limits: Partial<CommitterLimits> = {}): PostgresEventStore {
    const pool = (max: number, pipeline = false) =>
      openPool({ url, role: 'app', max, pipeline, applicationName: 'lost connections' });
    return new PostgresEventStore({
      appendPool: pool(1, true),
      readPool: pool(2),
      limits: { ...COMMITTER_LIMITS, ...limits },
    });
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await DatabaseProxy.before(database.url);
    store = openStore(proxy.url, { answerMs: 500 });
    await store.append(make.threadStream(), 'none', make.newEvents(1));
  });
  afterAll(async () => {
    await store.close();
    await proxy.close();
    await database.drop();
  });

  it.each([
    ['is lost with the connection', () => proxy.cutNextAnswer()],
    ['never comes', () => proxy.swallowNextAnswer()],
  ])('appends once, and in order, what was sent before an answer that %s', async (_, fail) => {
    const stream = make.threadStream();
    const events = make.newEvents(6);
    fail();
    const results = await Promise.allSettled(
      events.map((event, n) => {
        const before = events[n - 1];
        return store.append(stream, n === 0 ? 'none' : BigInt(n - 1), [event], before && { follows: before.id });
      }),
    );
    const stored = idsOf(await all(store.readStream(stream)));
    // One may be refused that was sent again before the one it follows; it has left nothing.
    expect(stored).toEqual(idsOf(events.filter((_, n) => results[n]?.status === 'fulfilled')));
    expect(stored[0]).toBe(events[0]?.id);
  });

  it.each([
    ['is lost with its connection', () => proxy.cutNextAnswer()],
    ['never comes', () => proxy.swallowNextAnswer()],
  ])('appends once when the answer %s after the commit', async (_, fail) => {
    const streams = Array.from({ length: 5 }, () => make.threadStream());
    const events = make.newEvents(5);
    const start = await store.head();
    const faults = proxy.faults;
    fail();
    const results = await Promise.all(streams.map((stream, n) => store.append(stream, 'none', events.slice(n, n + 1))));

    expect(proxy.faults).toBe(faults + 1);
    expect(results.map(({ revision, deduplicated }) => [revision, deduplicated])).toEqual(
      streams.map(() => [0n, true]),
    );
    const stored = await all(store.readAll({ after: start }));
    expect(idsOf(stored)).toEqual(idsOf(events));
    expect(results.map(({ position }) => position)).toEqual(stored.map(({ position }) => position));
  });

  it('goes on with a subscription from where it was', async () => {
    const done = new AbortController();
    const stream = make.threadStream();
    const events = make.newEvents(6);
    const seen: string[] = [];
    const after = await store.head();
    const writer = openStore(database.url);
    for await (const batch of store.subscribe({ after, signal: done.signal })) {
      seen.push(...idsOf(batch.events));
      if (seen.length === events.length) done.abort();
      else if (batch.caughtUp) {
        proxy.cutAll();
        await writer.append(stream, 'any', events.slice(seen.length, seen.length + 2));
      }
    }
    await writer.close();
    expect(seen).toEqual(idsOf(events));
  });

  it('gives up an append after its time, and says that its outcome is not known', async () => {
    const gone = await DatabaseProxy.before(database.url);
    await gone.close();
    const cutOff = openStore(gone.url, { retryMs: 300 });
    const error = await cutOff.append(make.threadStream(), 'any', make.newEvents(1)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(EventStoreUnavailable);
    await expect(cutOff.ping()).rejects.toBeInstanceOf(EventStoreUnavailable);
    await expect(all(cutOff.readAll())).rejects.toBeInstanceOf(EventStoreUnavailable);
    await cutOff.close();
  });

  it('gives up after its time although the wall clock is set back meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const broken = createServer((socket) => {
      vi.setSystemTime(Date.now() - 3_600_000);
      socket.destroy();
    });
    broken.listen(0, '127.0.0.1');
    await once(broken, 'listening');
    const url = new URL(database.url);
    url.port = `${(broken.address() as AddressInfo).port}`;
    const cutOff = openStore(url.href, { retryMs: 300 });
    try {
      const error = await cutOff.append(make.threadStream(), 'any', make.newEvents(1)).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(EventStoreUnavailable);
    } finally {
      vi.useRealTimers();
      broken.close();
      await cutOff.close();
    }
  });

  it('refuses more appends than may wait, at once, and carries out those that do', async () => {
    const small = openStore(database.url, { queuedAppends: 10, batchEvents: 2 });
    const holder = await database.appPool.connect();
    await holder.query('BEGIN; SELECT pg_advisory_xact_lock(5990713261117)');
    const outcomes = Array.from({ length: 40 }, () => small.append(make.threadStream(), 'none', make.newEvents(1)));
    const refused = await Promise.allSettled(outcomes.slice(10).map((outcome) => outcome));
    await holder.query('COMMIT');
    holder.release();
    expect(refused.map(({ status }) => status)).toEqual(Array(30).fill('rejected'));
    for (const outcome of refused) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(EventStoreUnavailable);
    }
    await Promise.all(outcomes.slice(0, 10));
    await small.close();
  });
});
