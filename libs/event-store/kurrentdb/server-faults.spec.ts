import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import { BEFORE_FIRST, type Position } from '../event-store.js';
import { feedUntil, idsOf } from '../testing/contract-log.js';
import { DatabaseProxy } from '../testing/database-proxy.js';
import { type AppendFault, FakeKurrentDb, type LiveFault } from '../testing/fake-kurrentdb.js';
import { all } from '../testing/ledger-events.js';
import { SeededEvents } from '../testing/seeded-events.js';
import { kurrentDbProblem, versionProblem } from './connection-problem.js';
import { KurrentDbEventStore } from './kurrentdb-event-store.js';

const LIMITS = { answerMs: 400, retryMs: 8_000 };
const BELL = { deafAfterMs: 50, lookEveryMs: 50 };

describe('a KurrentDB that fails', () => {
  const make = new SeededEvents(0x4b);
  const never = new AbortController().signal;
  let server: FakeKurrentDb;
  let store: KurrentDbEventStore;
  const open = (url: string, limits = LIMITS) => new KurrentDbEventStore({ url, limits, bellLimits: BELL });
  beforeEach(async () => {
    server = await FakeKurrentDb.start();
    store = open(server.url);
  });
  afterEach(async () => {
    server.isMute = false;
    await store.close();
    server.stop();
  });

  describe('in the middle of an append', () => {
    const done: readonly AppendFault[] = ['no answer', 'lost connection', 'lost leader', 'timeout'];
    it.each(done)(
      'that it has done (%s): the event is there once, and the caller is told as if nothing had been',
      async (fault) => {
        const stream = make.threadStream();
        await store.append(stream, 'none', make.newEvents(1));
        const events = make.newEvents(2);
        server.appendFault = fault;
        const result = await store.append(stream, 0n, events);
        expect(result).toMatchObject({ revision: 2n, deduplicated: true });
        expect(server.appendFault).toBeNull();
        expect(server.appends).toBe(2);
        expect(idsOf(await all(store.readStream(stream))).slice(1)).toEqual(idsOf(events));
        expect(await store.head()).toBe(result.position);
      },
    );

    it.each(done)('that expects any revision (%s): once too, though another wrote meanwhile', async (fault) => {
      const stream = make.threadStream();
      const other = open(server.url);
      await store.append(stream, 'any', make.newEvents(1));
      await other.append(stream, 'any', make.newEvents(1));
      const events = make.newEvents(2);
      server.appendFault = fault;
      const outcome = store.append(stream, 'any', events);
      await other.append(stream, 'any', make.newEvents(1));
      await outcome;
      const stored = idsOf(await all(store.readStream(stream)));
      expect(stored).toHaveLength(5);
      expect(new Set(stored).size).toBe(5);
      await other.close();
    });

    it('that it has not done, being busy: it is done later', async () => {
      server.appendFault = 'busy';
      const events = make.newEvents(1);
      expect(await store.append(make.threadStream(), 'none', events)).toMatchObject({ deduplicated: false });
      expect(idsOf(server.log)).toEqual(idsOf(events));
    });

    it('refuses a conflict at once, and does not take it for a fault', async () => {
      const stream = make.threadStream();
      await open(server.url).append(stream, 'none', make.newEvents(3));
      await expect(store.append(stream, 0n, make.newEvents(1))).rejects.toBeInstanceOf(WrongExpectedRevision);
    });

    it('says, when its time is over, that the outcome is not known', async () => {
      const impatient = open(server.url, { answerMs: 100, retryMs: 300 });
      server.isMute = true;
      await expect(impatient.append(make.threadStream(), 'none', make.newEvents(1))).rejects.toBeInstanceOf(
        EventStoreUnavailable,
      );
      await expect(impatient.ping()).rejects.toBeInstanceOf(EventStoreUnavailable);
      await impatient.close();
    });
  });

  describe('behind a subscription', () => {
    const faults: readonly LiveFault[] = ['none', 'silent', 'ends', 'fails', 'early', 'never confirms'];
    it.each(faults)('whose live part is "%s": every event is handed out, in order and once', async (live) => {
      server.live = live;
      const appended: string[] = [];
      const seen: string[] = [];
      let last: Position = BEFORE_FIRST;
      for await (const batch of store.subscribe({ after: BEFORE_FIRST, signal: never, batchSize: 3 })) {
        seen.push(...idsOf(batch.events));
        // Never further than what was handed out, whatever the server says of where it is.
        last = batch.events.at(-1)?.position ?? last;
        expect(batch.position).toBe(last);
        if (seen.length === 20) break;
        if (batch.caughtUp && appended.length < 20) {
          const events = make.newEvents(4);
          appended.push(...idsOf(events));
          await store.append(make.threadStream(), 'none', events);
        }
      }
      expect(seen).toEqual(appended);
    });

    it.each(['silent', 'ends', 'fails', 'never confirms'] as const)('that is "%s" is opened again', async (live) => {
      server.live = live;
      const other = open(server.url);
      const feed = store.subscribe({ after: BEFORE_FIRST, signal: never })[Symbol.asyncIterator]();
      await feed.next();
      await expect.poll(() => server.subscriptions).toBeGreaterThan(0);
      const before = server.subscriptions;
      while (server.subscriptions < before + 2) {
        const waiting = feed.next();
        // It waits for the bell by now; what its own process appends it would know of by itself.
        await new Promise((resolve) => setTimeout(resolve, BELL.lookEveryMs));
        await other.append(make.threadStream(), 'none', make.newEvents(1));
        await waiting;
        await new Promise((resolve) => setTimeout(resolve, 2 * BELL.deafAfterMs));
      }
      server.live = 'none';
      await feed.return?.();
      await other.close();
    });

    it('goes on from the last batch whose consumer came back for more', async () => {
      const events = make.newEvents(9);
      await store.append(make.threadStream(), 'none', events);
      const seen: string[] = [];
      for await (const batch of store.subscribe({ after: BEFORE_FIRST, signal: never, batchSize: 2 })) {
        seen.push(...idsOf(batch.events));
        server.drop();
        if (batch.caughtUp) break;
      }
      expect(seen).toEqual(idsOf(events));
    });
  });

  describe('behind a connection that is dead and does not say so', () => {
    it('is found on another one, by appends, reads and subscriptions', async () => {
      const proxy = await DatabaseProxy.before(server.url);
      const far = open(proxy.url);
      const stream = make.threadStream();
      await far.append(stream, 'none', make.newEvents(1));
      const feed = feedUntil(far.subscribe({ after: BEFORE_FIRST, signal: never }), (seen) => seen.length === 3);
      proxy.freezeAll();
      expect(await far.append(stream, 0n, make.newEvents(1))).toMatchObject({ revision: 1n });
      proxy.freezeAll();
      expect(await all(far.readStream(stream))).toHaveLength(2);
      await store.append(stream, 1n, make.newEvents(1));
      expect((await feed).events).toHaveLength(3);
      await far.close();
      await proxy.close();
    });
  });

  describe('at the start', () => {
    it.each([
      ['20.10.5', /version 20\.10\.5, which is too old\. Storyledger needs 23\.10/],
      ['23.6.0', /too old/],
      ['unknown', /a version that it does not tell/],
    ])('of version %s is refused', async (version, message) => {
      server.version = version;
      expect(await kurrentDbProblem(server.url)).toMatch(message);
    });

    it.each(['23.10.0', '24.2.0', '26.1.0.3495', '26.1.0-prerelease'])('of version %s is taken', async (version) => {
      expect(versionProblem(version)).toBeNull();
    });

    it('is told apart: not there, another protocol', async () => {
      expect(await kurrentDbProblem(server.url)).toBeNull();
      expect(await kurrentDbProblem(server.url.replace('tls=false', 'tls=true'))).toMatch(
        /does not use TLS\. Add tls=false/,
      );
      const gone = await FakeKurrentDb.start();
      gone.stop();
      const problem = await kurrentDbProblem(gone.url.replace('//', '//ops:secret@'));
      expect(problem).toMatch(/at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
      expect(problem).not.toContain('secret');
    });
  });
});
