import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BEFORE_FIRST, type StoredEvent } from '#event-store';
import { SeededEvents } from '#event-store/testing';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { ThreadEnds } from './thread-ends.js';
import { foldBatch, ThreadFolds } from './thread-folds.js';

describe('threads that take turns in a batch', () => {
  const make = new SeededEvents(0xf01d);
  const streams = Array.from({ length: 4 }, () => make.threadStream());
  let newsroom: Newsroom;
  let events: StoredEvent[];
  beforeAll(async () => {
    newsroom = await openNewsroom();
    const { store } = newsroom;
    for (const stream of streams) await store.append(stream, 'none', [make.newEvent(make.threadOpened())]);
    for (let turn = 0; turn < 3; turn++) {
      for (const stream of streams) await store.append(stream, 'any', make.newEvents(2));
    }
    events = [];
    for await (const stored of store.readAll({ after: BEFORE_FIRST })) events.push(stored);
  });
  afterAll(() => newsroom.close());

  it.each(['steps', 'ends'] as const)('are shared by all their %s, although few have room', async (reads) => {
    const { steps, ends } = await foldBatch(events, new ThreadFolds(newsroom.store, 3), reads);
    expect(steps).toHaveLength(events.length);
    for (const { stored, fold } of steps) expect(fold).toBe(ends.get(stored.stream));
    expect([...ends.values()].map(({ state }) => state.revision)).toEqual(streams.map(() => 6n));
  });

  it('are read again when few have room, and no longer once there is more', async () => {
    const readStream = vi.spyOn(newsroom.store, 'readStream');
    const reads = async (folds: ThreadFolds) => {
      readStream.mockClear();
      for (const stored of events) await foldBatch([stored], folds);
      return readStream.mock.calls.length;
    };
    expect(await reads(new ThreadFolds(newsroom.store, 1_000))).toBe(0);
    const growing = await reads(new ThreadFolds(newsroom.store, 8));
    expect(growing).toBeGreaterThan(0);
    // At most one for each doubling: 8 to 16, and to 32, which is room for all.
    expect(growing).toBeLessThanOrEqual(2);
    readStream.mockRestore();
  });

  it('stand at the end as they do in one batch, however they are taken', async () => {
    const { ends } = await foldBatch(events, new ThreadFolds(newsroom.store), 'ends');
    const folded = new ThreadEnds(newsroom.store);
    for (const stored of events) {
      await folded.fold([stored]);
      const [[stream, end] = ['', null]] = folded.take();
      expect(stream).toBe(stored.stream);
      expect(end?.last).toBe(stored);
    }
    // As one that begins in the middle, and has to read what was before.
    const late = new ThreadEnds(newsroom.store);
    await late.fold(events.slice(-streams.length * 2));
    for (const [stream, { state, assessment, last, opened }] of late.take()) {
      expect({ state, assessment, last, opened }).toEqual({
        state: ends.get(stream)?.state,
        assessment: ends.get(stream)?.assessment,
        last: ends.get(stream)?.last,
        opened: ends.get(stream)?.opened,
      });
    }
  });
});
