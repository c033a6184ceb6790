import { beforeAll, describe, expect, it } from 'vitest';
import { BEFORE_FIRST, type LogRange, type NewEvent, type Position, type StoredEvent } from '../index.js';
import { appendEach, type ContractLog, idsOf } from './contract-log.js';
import { all } from './ledger-events.js';
import { SeededEvents } from './seeded-events.js';

export function readContract(log: ContractLog): void {
  const make = new SeededEvents(0xd0);

  describe('reading a stream', () => {
    it('gives a long stream whole, in both directions', async () => {
      const long = make.threadStream();
      const many = make.newEvents(2_500);
      await log.store.append(long, 'none', many);
      expect(idsOf(await all(log.store.readStream(long)))).toEqual(idsOf(many));
      const backward = await all(log.store.readStream(long, { direction: 'backward' }));
      expect(idsOf(backward)).toEqual(idsOf(many).reverse());
    });
  });

  describe('reading the log', () => {
    const prefix = `thread-${make.id()}`;
    const threads = [`${prefix}-1`, `${prefix}-2`];
    // Looks like a pattern that the first thread would match; it is not one.
    const wild = `${prefix.slice(0, -1)}_-1`;
    const source = make.sourceStream();
    const appends: (readonly [string, NewEvent])[] = [];
    let written: readonly StoredEvent[] = [];
    const place = (n: number): Position => written[n]?.position ?? BEFORE_FIRST;
    beforeAll(async () => {
      for (let n = 0; n < 30; n++) {
        const event = n % 3 === 0 ? make.threadClosed() : n % 3 === 1 ? make.claimReported() : make.sourceRegistered();
        appends.push([n % 3 === 2 ? source : (threads[n % 2] ?? source), make.newEvent(event)]);
      }
      const before = await log.store.head();
      await appendEach(log.store, appends);
      written = await all(log.store.readAll({ after: before }));
    });

    it('gives events in the order of their commits, with rising positions', () => {
      expect(idsOf(written)).toEqual(appends.map(([, { id }]) => id));
      expect(written.map(({ stream }) => stream)).toEqual(appends.map(([stream]) => stream));
      for (const [n, { position }] of written.entries()) {
        if (n > 0) expect(position).toBeGreaterThan(place(n - 1));
      }
    });

    it('gives what stands after one position, up to and with another', async () => {
      const range = { after: place(4), until: place(20) };
      expect(await all(log.store.readAll(range))).toEqual(written.slice(5, 21));
      expect(await all(log.store.readAll({ ...range, limit: 3 }))).toEqual(written.slice(5, 8));
      expect(await all(log.store.readAll({ ...range, limit: 0 }))).toEqual([]);
      expect(await all(log.store.readAll({ ...range, batchSize: 2 }))).toEqual(written.slice(5, 21));
      expect(await all(log.store.readAll({ ...range, batchSize: 2, limit: 5 }))).toEqual(written.slice(5, 10));
    });

    it('gives the events as they are stored, in batches and in the same order', async () => {
      const range = { after: place(4), until: place(20), batchSize: 5 };
      const batches = await all(log.store.readRaw(range));
      expect(batches.every(({ length }) => length > 0 && length <= 5)).toBe(true);
      const asRaw = ({ event: { type, data }, ...rest }: StoredEvent) => ({ ...rest, type, data });
      expect(batches.flat()).toEqual(written.slice(5, 21).map(asRaw));
      const last = written.findLast(({ stream }) => stream === source);
      expect(await all(log.store.readRawStream(source, { direction: 'backward', limit: 1 }))).toEqual(
        last === undefined ? [] : [asRaw(last)],
      );
      expect(await all(log.store.readRaw({ after: await log.store.head() }))).toEqual([]);
      for await (const _ of log.store.readRaw({ batchSize: 1 })) break;
    });

    it('gives nothing after the last position', async () => {
      expect(await all(log.store.readAll({ after: await log.store.head() }))).toEqual([]);
    });

    it('counts what stands between two positions, as far as it is asked to', async () => {
      expect(await log.store.count({ after: place(4), until: place(20), atMost: 100 })).toBe(16);
      expect(await log.store.count({ after: place(4), until: place(20), atMost: 5 })).toBe(5);
      expect(await log.store.count({ after: place(20), until: place(4), atMost: 5 })).toBe(0);
      const head = await log.store.head();
      expect(await log.store.count({ after: head, atMost: 5 })).toBe(0);
      const { position } = await log.store.append(make.threadStream(), 'none', make.newEvents(3));
      expect(await log.store.count({ after: head, atMost: 5 })).toBe(3);
      expect(await log.store.count({ after: head, until: position, atMost: 2 })).toBe(2);
    });

    const fromSecond = (range: LogRange): LogRange => ({ after: place(0), ...range });
    it('gives only the types that are asked for', async () => {
      const types = ['ThreadClosed', 'SourceRegistered'] as const;
      const read = await all(log.store.readAll(fromSecond({ filter: { types }, batchSize: 3 })));
      expect(read).toEqual(written.slice(1).filter(({ event }) => event.type !== 'ClaimReported'));
    });

    it('gives only the streams with the prefix, letter by letter', async () => {
      await log.store.append(wild, 'none', make.newEvents(1));
      const read = await all(log.store.readAll(fromSecond({ filter: { streamPrefix: prefix }, batchSize: 3 })));
      expect(read).toEqual(written.slice(1).filter(({ stream }) => stream !== source));
      const literal = await all(log.store.readAll(fromSecond({ filter: { streamPrefix: wild } })));
      expect(literal.map(({ stream }) => stream)).toEqual([wild]);
    });

    it('gives what passes both parts of a filter, and no more than the limit', async () => {
      const filter = { types: ['ClaimReported'], streamPrefix: `${prefix}-1` } as const;
      const passing = written.slice(1).filter((e) => e.stream === threads[0] && e.event.type === 'ClaimReported');
      expect(passing.length).toBeGreaterThan(3);
      expect(await all(log.store.readAll(fromSecond({ filter, batchSize: 2 })))).toEqual(passing);
      expect(await all(log.store.readAll(fromSecond({ filter, limit: 3 })))).toEqual(passing.slice(0, 3));
    });

    it('gives every event of many streams once', async () => {
      const before = await log.store.head();
      const streams = Array.from({ length: 500 }, () => make.threadStream());
      await Promise.all(
        streams.map((stream, n) => (n % 2 ? log.store : log.other).append(stream, 'none', make.newEvents(2))),
      );
      const read = await all(log.store.readAll({ after: before, batchSize: 300 }));
      expect(read).toHaveLength(1_000);
      expect(new Set(read.map(({ stream, revision }) => `${stream}/${revision}`)).size).toBe(1_000);
    });
  });
}
