import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventCodec } from '../codec.js';
import { EventIdReused, EventStoreUnavailable, UnknownEventType, WrongExpectedRevision } from '../errors.js';
import { BEFORE_FIRST, type EventStore, type NewEvent, type Position, type StoredEvent } from '../event-store.js';
import { appendContract } from './append-contract.js';
import { closeContract } from './close-contract.js';
import { contentContract, unknownEventContract } from './content-contract.js';
import type { ContractLog, StoreCapabilities } from './contract-log.js';
import { idempotencyContract } from './idempotency-contract.js';
import { all, closed, idOf, rated, reasons, sourceStream, threadStream } from './ledger-events.js';
import { readContract } from './read-contract.js';
import { subscriptionContract } from './subscription-contract.js';

export interface StoreUnderTest {
  readonly store: EventStore;
  /** The same log as another process sees it. */
  readonly other: EventStore;
  /** As one more process does, of another build when a codec is given. Closed by `dispose` if it is not yet. */
  openStore(codec?: EventCodec): EventStore;
  dispose(): Promise<void>;
}

const ALL_CAPABILITIES: StoreCapabilities = { refusesIdsOfOtherStreams: true, opensOtherLogs: true };

/** What every adapter must do. */
export function eventStoreContract(
  name: string,
  open: () => Promise<StoreUnderTest>,
  can: StoreCapabilities = ALL_CAPABILITIES,
): void {
  describe(`${name} as an event store`, () => {
    let under: StoreUnderTest;
    let store: EventStore;
    let number = 0;
    let stream = '';
    let start: Position;

    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under.dispose());
    beforeEach(async () => {
      number += 1_000;
      stream = threadStream(number);
      start = await store.head();
    });
    const event = (n: number, reason?: string): NewEvent => closed(number + n, reason);
    const since = () => all(store.readAll({ after: start }));

    describe('append', () => {
      it('gives revisions from 0 and positions that grow', async () => {
        const first = await store.append(stream, 'none', [event(1), event(2)]);
        const second = await store.append(stream, 1n, [event(3)]);
        expect([first.revision, second.revision]).toEqual([1n, 2n]);
        expect(second.position > first.position).toBe(true);
        expect(second.recordedAt >= first.recordedAt).toBe(true);
      });

      it('keeps every part of an event', async () => {
        const given: NewEvent = {
          id: idOf(number + 1),
          event: { type: 'ThreadClosed', data: { reason: 'Größe "quoted" \\ 日本語 🗞️ \n\t end' } },
          context: { actor: { id: 'key:1', name: 'Zoë' }, correlationId: 'c', causationId: 'd', batchId: 'e' },
        };
        const { position, recordedAt } = await store.append(stream, 'none', [given]);
        const stored = await all(store.readStream(stream));
        expect(stored).toEqual([{ ...given, stream, revision: 0n, position, recordedAt, schemaVersion: 1 }]);
      });

      it.each([
        ['none', 'a stream that exists', 'none' as const, 0n],
        ['a revision', 'a stream that is further', 5n, 0n],
      ])('refuses %s expected of %s, naming the actual revision', async (_, __, expected, actual) => {
        await store.append(stream, 'none', [event(1)]);
        const refused = store.append(stream, expected, [event(2)]);
        await expect(refused).rejects.toMatchObject({ code: 'wrong_expected_revision', actual });
        await expect(refused).rejects.toBeInstanceOf(WrongExpectedRevision);
        expect(await since()).toHaveLength(1);
      });

      it('says -1 of a stream that has no event', async () => {
        await expect(store.append(stream, 0n, [event(1)])).rejects.toMatchObject({ actual: -1n });
      });

      it('takes any revision when any is expected', async () => {
        await store.append(stream, 'any', [event(1)]);
        expect((await store.append(stream, 'any', [event(2)])).revision).toBe(1n);
      });

      it('lets one of 20 parallel appends with the same expectation through', async () => {
        await store.append(stream, 'none', [event(0)]);
        const tries = Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? store : under.other).append(stream, 0n, [event(n + 1)]),
        );
        const outcomes = await Promise.allSettled(tries);
        const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
        expect(refused).toHaveLength(19);
        expect(refused.every((error) => error instanceof WrongExpectedRevision && error.actual === 1n)).toBe(true);
        expect(await since()).toHaveLength(2);
      });

      it('lets every one of many parallel appends that expect any through, from two processes', async () => {
        await Promise.all(
          Array.from({ length: 60 }, (_, n) => (n % 2 ? store : under.other).append(stream, 'any', [event(n)])),
        );
        const stored = await all(store.readStream(stream));
        expect(stored.map(({ revision }) => revision)).toEqual(Array.from({ length: 60 }, (_, n) => BigInt(n)));
      });

      it('fails only the one that conflicts when many go together', async () => {
        await store.append(stream, 'none', [event(0)]);
        const good = Array.from({ length: 10 }, (_, n) =>
          store.append(threadStream(number + n + 1), 'none', [event(n + 1)]),
        );
        const bad = store.append(stream, 'none', [event(99)]);
        await expect(bad).rejects.toBeInstanceOf(WrongExpectedRevision);
        await Promise.all(good);
        expect(await since()).toHaveLength(11);
      });

      it('takes all events of an append or none', async () => {
        await store.append(stream, 'none', [event(1)]);
        await expect(store.append(stream, 0n, [event(2), event(1)])).rejects.toBeInstanceOf(EventIdReused);
        expect(await since()).toHaveLength(1);
      });

      it('adds nothing when the same append is tried again, and answers as before', async () => {
        const first = await store.append(stream, 'none', [event(1), event(2)]);
        await store.append(stream, 1n, [event(3)]);
        const again = await under.other.append(stream, 'none', [event(1), event(2)]);
        expect(again).toEqual({ ...first, deduplicated: true });
        expect(await since()).toHaveLength(3);
      });

      it('carries events of a megabyte', async () => {
        await store.append(stream, 'none', [event(1, 'x'.repeat(1_000_000))]);
        const [stored] = await all(store.readStream(stream));
        expect(stored && reasons([stored])[0]).toHaveLength(1_000_000);
      });

      it('refuses an event type that this build does not know', async () => {
        const unknown = { ...event(1), event: { type: 'ThreadTeleported', data: {} } } as unknown as NewEvent;
        await expect(store.append(stream, 'none', [unknown])).rejects.toBeInstanceOf(UnknownEventType);
      });

      it('refuses a NUL and half a surrogate pair', async () => {
        for (const text of ['a\u0000b', 'a\ud800b']) {
          await expect(store.append(stream, 'none', [event(1, text)])).rejects.toThrow(/NUL|surrogate/);
        }
        expect(await since()).toEqual([]);
      });
    });

    describe('readStream', () => {
      beforeEach(async () => {
        await store.append(
          stream,
          'none',
          [0, 1, 2, 3, 4].map((n) => event(n, `${n}`)),
        );
      });

      it.each([
        ['all forward', {}, '01234'],
        ['forward from a revision', { from: 2n }, '234'],
        ['forward, some', { from: 1n, limit: 2 }, '12'],
        ['all backward', { direction: 'backward' as const }, '43210'],
        ['backward from a revision', { direction: 'backward' as const, from: 2n }, '210'],
        ['backward, the last', { direction: 'backward' as const, limit: 1 }, '4'],
        ['from beyond the end', { from: 9n }, ''],
      ])('reads %s', async (_, range, expected) => {
        expect(reasons(await all(store.readStream(stream, range))).join('')).toBe(expected);
      });

      it('reads nothing of a stream that does not exist', async () => {
        expect(await all(store.readStream(threadStream(number + 1)))).toEqual([]);
      });

      it('may be left in the middle, again and again', async () => {
        for (let n = 0; n < 50; n++) {
          for await (const { revision } of store.readStream(stream)) if (revision === 1n) break;
        }
        expect(await all(store.readStream(stream))).toHaveLength(5);
      });
    });

    describe('readAll', () => {
      beforeEach(async () => {
        await store.append(stream, 'none', [event(1, 'a'), event(2, 'b')]);
        await store.append(sourceStream(number), 'none', [rated(number + 3)]);
        await store.append(threadStream(number + 1), 'none', [event(4, 'c')]);
      });

      it('reads in global order between two positions', async () => {
        const events = await since();
        expect(events).toHaveLength(4);
        const [, second = start, third = start] = events.map(({ position }) => position);
        const between = await all(store.readAll({ after: second, until: third }));
        expect(between).toEqual([events[2]]);
      });

      it('keeps to types and stream prefixes, in pages of any size', async () => {
        const threads = await all(store.readAll({ after: start, filter: { streamPrefix: 'thread-' }, batchSize: 1 }));
        expect(reasons(threads)).toEqual(['a', 'b', 'c']);
        const ratings = await all(store.readAll({ after: start, filter: { types: ['SourceRated'] } }));
        expect(ratings.map((stored) => stored.stream)).toEqual([sourceStream(number)]);
        expect(await all(store.readAll({ after: start, limit: 3, batchSize: 2 }))).toHaveLength(3);
      });
    });

    describe('subscribe', () => {
      const take = async (count: number, options: { after: Position; types?: readonly ['SourceRated'] }) => {
        const done = new AbortController();
        const seen: StoredEvent[] = [];
        let position = options.after;
        const filter = options.types === undefined ? {} : { filter: { types: options.types } };
        for await (const batch of store.subscribe({ after: options.after, signal: done.signal, ...filter })) {
          seen.push(...batch.events);
          position = batch.position;
          if (seen.length >= count && batch.caughtUp) done.abort();
        }
        return { seen, position };
      };

      it('hands out what is there and then what comes, from this process and another', async () => {
        await store.append(stream, 'none', [event(1, '1')]);
        const taking = take(3, { after: start });
        await store.append(stream, 0n, [event(2, '2')]);
        await under.other.append(stream, 1n, [event(3, '3')]);
        const { seen, position } = await taking;
        expect(reasons(seen)).toEqual(['1', '2', '3']);
        expect(position).toBe(seen.at(-1)?.position);
      });

      it('moves on over events that are filtered out', async () => {
        await store.append(stream, 'none', [event(1), event(2)]);
        await store.append(sourceStream(number), 'none', [rated(number + 3)]);
        await store.append(stream, 1n, [event(4)]);
        const { seen, position } = await take(1, { after: start, types: ['SourceRated'] });
        expect(seen).toHaveLength(1);
        expect(position).toBe(await store.head());
      });

      it('says that it has caught up when there is nothing', async () => {
        const { seen, position } = await take(0, { after: start });
        expect(seen).toEqual([]);
        expect(position).toBe(start);
      });

      it('waits for a consumer that is slow', async () => {
        for (let n = 0; n < 10; n++) await store.append(stream, 'any', [event(n, `${n}`)]);
        const done = new AbortController();
        const sizes: number[] = [];
        for await (const batch of store.subscribe({ after: start, batchSize: 3, signal: done.signal })) {
          sizes.push(batch.events.length);
          await new Promise((resume) => setTimeout(resume, 5));
          if (batch.caughtUp) done.abort();
        }
        expect(sizes).toEqual([3, 3, 3, 1]);
      });
    });

    it('knows where its log ends', async () => {
      const { position } = await store.append(stream, 'none', [event(1)]);
      expect(await store.head()).toBe(position);
      expect(position > BEFORE_FIRST).toBe(true);
    });

    it.runIf(can.opensOtherLogs)('finishes what it accepted when it is closed, and then refuses', async () => {
      const fresh = await open();
      const begun = fresh.store.append(threadStream(number), 'any', [closed(number + 500)]);
      await fresh.store.close();
      await expect(begun).resolves.toMatchObject({ deduplicated: false });
      await expect(fresh.store.append(stream, 'any', [event(1)])).rejects.toBeInstanceOf(EventStoreUnavailable);
      await expect(fresh.store.head()).rejects.toBeInstanceOf(EventStoreUnavailable);
      await fresh.dispose();
    });

    const log: ContractLog = {
      get store() {
        return under.store;
      },
      get other() {
        return under.other;
      },
      openStore: (codec) => under.openStore(codec),
    };
    appendContract(log);
    idempotencyContract(log, can);
    contentContract(log);
    readContract(log);
    subscriptionContract(log);
    closeContract(log);
    if (can.opensOtherLogs) unknownEventContract(open);
  });
}
