import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BEFORE_FIRST, type FeedBatch, type Position } from '../index.js';
import { type ContractLog, feedUntil, idsOf } from './contract-log.js';
import { all } from './ledger-events.js';
import { SeededEvents } from './seeded-events.js';

export function subscriptionContract(log: ContractLog): void {
  const make = new SeededEvents(0xe0);
  const never = new AbortController().signal;

  describe('a subscription', () => {
    it('from before the first event gives the whole log in order, then says that it has caught up', async () => {
      await log.store.append(make.threadStream(), 'none', make.newEvents(20));
      const whole = await all(log.store.readAll());
      const { events, batches } = await feedUntil(
        log.store.subscribe({ after: BEFORE_FIRST, signal: never, batchSize: 100 }),
        (_, batch) => batch.caughtUp,
      );
      expect(events).toEqual(whole);
      expect(batches.length).toBeGreaterThan(1);
      for (const batch of batches) expect(batch.events.length).toBeLessThanOrEqual(100);
      expect(batches.slice(0, -1).some(({ caughtUp }) => caughtUp)).toBe(false);
      expect(batches.at(-1)?.position).toBe(whole.at(-1)?.position);
    });

    it('from the middle gives what stands after the position', async () => {
      const stream = make.threadStream();
      await log.store.append(stream, 'none', make.newEvents(1));
      const { position } = await log.store.append(stream, 0n, make.newEvents(1));
      const later = make.newEvents(3);
      await log.store.append(stream, 1n, later);
      const { events } = await feedUntil(log.store.subscribe({ after: position, signal: never }), (_, b) => b.caughtUp);
      expect(idsOf(events)).toEqual(idsOf(later));
    });

    it('gives live what its own process and another one append, in order and once', async () => {
      const stream = make.threadStream();
      const appended = make.newEvents(40);
      const feed = feedUntil(
        log.store.subscribe({ after: await log.store.head(), signal: never }),
        (seen) => seen.length >= 40,
      );
      for (const [n, event] of appended.entries()) {
        await (n % 2 ? log.store : log.other).append(stream, n === 0 ? 'none' : BigInt(n - 1), [event]);
        if (n % 10 === 9) await delay(150);
      }
      expect(idsOf((await feed).events)).toEqual(idsOf(appended));
    });

    it('gives the same to any who resumes from the position of each batch', async () => {
      const stream = make.threadStream();
      const start = await log.store.head();
      const appended = make.newEvents(25);
      await log.store.append(stream, 'none', appended);
      const seen: string[] = [];
      let after: Position = start;
      while (seen.length < 25) {
        const feed = log.store.subscribe({ after, signal: never, batchSize: 4 });
        const { events, batches } = await feedUntil(feed, () => true);
        seen.push(...idsOf(events));
        after = batches[0]?.position ?? after;
      }
      expect(seen).toEqual(idsOf(appended));
    });

    it('moves its position over events that the filter keeps out', async () => {
      const start = await log.store.head();
      const { position } = await log.store.append(make.threadStream(), 'none', make.newEvents(30));
      const filter = { types: ['SourceSealed'] } as const;
      const feed = log.store.subscribe({ after: start, filter, signal: never, batchSize: 7 });
      const { events, batches } = await feedUntil(feed, (_, batch) => batch.caughtUp);
      expect(events).toEqual([]);
      expect(batches.at(-1)?.position).toBe(position);
    });

    it('goes on moving its position over them while it waits', async () => {
      const filter = { types: ['SourceSealed'] } as const;
      let last: Position = -1n;
      const feed = log.store.subscribe({ after: await log.store.head(), filter, signal: never });
      for await (const batch of feed) {
        if (last !== -1n && batch.position >= last) break;
        last = (await log.other.append(make.threadStream(), 'none', make.newEvents(2))).position;
      }
      expect(await log.store.head()).toBe(last);
    });

    it('gives only what the filter lets through', async () => {
      const start = await log.store.head();
      const source = make.sourceStream();
      const wanted = make.newEvent(make.sourceRegistered());
      await log.store.append(source, 'none', [make.newEvent(), wanted, make.newEvent()]);
      await log.store.append(make.threadStream(), 'none', [make.newEvent(make.sourceRegistered())]);
      const filter = { types: ['SourceRegistered'], streamPrefix: 'source-' } as const;
      const feed = log.store.subscribe({ after: start, filter, signal: never });
      expect(idsOf((await feedUntil(feed, (_, batch) => batch.caughtUp)).events)).toEqual([wanted.id]);
    });

    it('ends without an error when it is aborted while it waits', async () => {
      const abort = new AbortController();
      const batches: FeedBatch[] = [];
      for await (const batch of log.store.subscribe({ after: await log.store.head(), signal: abort.signal })) {
        batches.push(batch);
        setTimeout(() => abort.abort(), 20);
      }
      expect(batches).toHaveLength(1);
    });

    it('gives nothing when it is aborted before it starts', async () => {
      expect(await all(log.store.subscribe({ after: BEFORE_FIRST, signal: AbortSignal.abort() }))).toEqual([]);
    });

    it('reads the next batch only when it is asked for', async () => {
      const start = await log.store.head();
      const stream = make.threadStream();
      const first = make.newEvents(10);
      await log.store.append(stream, 'none', first);
      const feed = log.store.subscribe({ after: start, signal: never, batchSize: 10 })[Symbol.asyncIterator]();
      const one = await feed.next();
      const second = make.newEvents(30);
      await log.store.append(stream, 9n, second);
      await delay(50);
      const seen: string[] = one.done ? [] : idsOf(one.value.events);
      for (let turn = 0; turn < 3; turn++) {
        const batch = await feed.next();
        // Read when asked for: the batch before had not seen these and this one has.
        if (!batch.done) seen.push(...idsOf(batch.value.events));
        await delay(20);
      }
      await feed.return?.();
      expect(seen).toEqual(idsOf([...first, ...second]));
    });

    it('loses nothing when its consumer is slower than the writers', async () => {
      const start = await log.store.head();
      const streams = Array.from({ length: 100 }, () => make.threadStream());
      const writing = Promise.all(
        streams.map(async (stream, n) => {
          const store = n % 2 ? log.store : log.other;
          for (let turn = 0; turn < 10; turn++) await store.append(stream, 'any', make.newEvents(1));
        }),
      );
      const seen: string[] = [];
      for await (const batch of log.store.subscribe({ after: start, signal: never, batchSize: 60 })) {
        seen.push(...idsOf(batch.events));
        await delay(5);
        if (seen.length >= 1_000) break;
      }
      await writing;
      expect(seen).toEqual(idsOf(await all(log.store.readAll({ after: start }))));
    });
  });
}
