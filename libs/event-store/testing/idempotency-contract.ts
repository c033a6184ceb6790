import { describe, expect, it } from 'vitest';
import { EventIdReused, type ExpectedRevision, WrongExpectedRevision } from '../index.js';
import { type ContractLog, idsOf, type StoreCapabilities, settled } from './contract-log.js';
import { all } from './ledger-events.js';
import { SeededEvents } from './seeded-events.js';

export function idempotencyContract(log: ContractLog, can: StoreCapabilities): void {
  const make = new SeededEvents(0xb0);

  describe('a repeated append', () => {
    const expectations: readonly (readonly [name: string, expected: ExpectedRevision])[] = [
      ['the same revision', 0n],
      ['none', 'none'],
      ['any', 'any'],
      ['a revision the stream never had', 99n],
    ];
    it.each(expectations)('adds nothing and answers as the first did, expecting %s', async (_, expected) => {
      const stream = make.threadStream();
      await log.store.append(stream, 'none', make.newEvents(1));
      const events = make.newEvents(2);
      const first = await log.store.append(stream, 0n, events);

      expect(await log.other.append(stream, expected, events)).toEqual({ ...first, deduplicated: true });
      expect(await all(log.store.readStream(stream))).toHaveLength(3);
    });

    it('succeeds for both callers when it is made twice at once', async () => {
      for (const [here, there] of [
        [log.store, log.store],
        [log.store, log.other],
      ] as const) {
        const stream = make.threadStream();
        const events = make.newEvents(2);
        const results = await Promise.all([here.append(stream, 'none', events), there.append(stream, 'none', events)]);
        expect(results.map(({ revision }) => revision)).toEqual([1n, 1n]);
        expect(results.map(({ deduplicated }) => deduplicated).sort()).toEqual([false, true]);
        expect(await all(log.store.readStream(stream))).toHaveLength(2);
      }
    });

    it('does not disturb new appends that are made with it', async () => {
      const known = make.threadStream();
      const events = make.newEvents(1);
      await log.store.append(known, 'none', events);
      const streams = Array.from({ length: 10 }, () => make.threadStream());
      const results = await Promise.all([
        log.store.append(known, 'none', events),
        ...streams.map((stream) => log.store.append(stream, 'none', make.newEvents(1))),
      ]);
      expect(results.map(({ deduplicated }) => deduplicated)).toEqual([true, ...streams.map(() => false)]);
    });
  });

  describe('an event id', () => {
    it.runIf(can.refusesIdsOfOtherStreams)('is refused in another stream', async () => {
      const events = make.newEvents(1);
      await log.store.append(make.threadStream(), 'none', events);
      const stream = make.threadStream();
      const error = await log.store.append(stream, 'none', events).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(EventIdReused);
      expect(error).toMatchObject({ stream, code: 'event_id_reused' });
      expect(await all(log.store.readStream(stream))).toEqual([]);
    });

    it.runIf(!can.refusesIdsOfOtherStreams)('is, in another stream, that of another event', async () => {
      const events = make.newEvents(2);
      const streams = [make.threadStream(), make.threadStream()];
      for (const stream of streams) {
        expect(await log.store.append(stream, 'none', events)).toMatchObject({ revision: 1n, deduplicated: false });
        expect(await log.other.append(stream, 'none', events)).toMatchObject({ revision: 1n, deduplicated: true });
        expect(idsOf(await all(log.store.readStream(stream)))).toEqual(idsOf(events));
      }
    });

    it('is refused beside a new one, whatever is expected', async () => {
      const stream = make.threadStream();
      const [old, fresh] = [make.newEvent(), make.newEvent()];
      await log.store.append(stream, 'none', [old]);
      for (const expected of [0n, 'any', 'none'] as const) {
        await expect(log.store.append(stream, expected, [old, fresh])).rejects.toBeInstanceOf(EventIdReused);
      }
      expect(idsOf(await all(log.store.readStream(stream)))).toEqual([old.id]);
    });

    it('is refused twice in one append', async () => {
      const stream = make.threadStream();
      const event = make.newEvent();
      await expect(log.store.append(stream, 'any', [event, event])).rejects.toBeInstanceOf(EventIdReused);
      expect(await all(log.store.readStream(stream))).toEqual([]);
    });

    it.runIf(can.refusesIdsOfOtherStreams)(
      'goes to one of two streams that claim it at once, and fails nobody else',
      async () => {
        const event = make.newEvent();
        const claimants = [make.threadStream(), make.threadStream()];
        const bystanders = Array.from({ length: 10 }, () => make.threadStream());
        const [contested, clean] = await Promise.all([
          settled(claimants.map((stream) => log.store.append(stream, 'none', [event]))),
          settled(bystanders.map((stream) => log.store.append(stream, 'none', make.newEvents(1)))),
        ]);
        expect(contested.succeeded).toHaveLength(1);
        expect(contested.errors[0]).toBeInstanceOf(EventIdReused);
        expect(clean.errors).toEqual([]);
      },
    );

    it('of a refused append is free for the next try', async () => {
      const stream = make.threadStream();
      const events = make.newEvents(2);
      await expect(log.store.append(stream, 4n, events)).rejects.toBeInstanceOf(WrongExpectedRevision);
      expect(await log.store.append(stream, 'none', events)).toMatchObject({ revision: 1n, deduplicated: false });
    });
  });
}
