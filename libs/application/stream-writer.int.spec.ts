import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ThreadCommand, type ThreadEvent, type ThreadState, threadDecider } from '#domain';
import { type EventStore, EventStoreUnavailable } from '#event-store';
import { PostgresEventStore } from '#event-store/postgres';
import { newId, openPool } from '#platform';
import { type Newsroom, openNewsroom } from '../../test/newsroom.js';
import { commandContext } from '../../test/tell-story.js';
import { StreamWriter } from './stream-writer.js';

const details = { slug: 'a-thread', headline: 'A headline', desk: 'desk', topics: [], language: 'en' };
const reason = 'Because.';

describe('the stream writer', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
  });
  afterAll(() => newsroom.close());

  type Writer = StreamWriter<ThreadState, ThreadCommand, ThreadEvent>;
  const writerOn = (store: EventStore, cachedEvents?: number): Writer =>
    new StreamWriter(store, threadDecider, { ...(cachedEvents !== undefined && { cachedEvents }) });
  const claim = (key: string): ThreadCommand => ({
    type: 'OpenClaim',
    claim: { claimId: newId(), key, statement: key, core: true, standing: [] },
  });
  const open = async (writer: Writer) => {
    const threadId = newId();
    const command: ThreadCommand = {
      type: 'OpenThread',
      threadId,
      details,
      policy: 'standard-1',
      claims: [],
      attributions: [],
    };
    await writer.execute(`thread-${threadId}`, command, commandContext(), () => null);
    return `thread-${threadId}`;
  };
  const typesOf = async (stream: string) => {
    const types: string[] = [];
    for await (const { event } of newsroom.store.readStream(stream)) types.push(event.type);
    return types;
  };
  /** Counts the calls that reach the store, and lets a test stand in their way. */
  const watched = (onAppend: (calls: number) => Promise<void> = async () => undefined) => {
    const calls = { appends: 0, reads: 0 };
    const store = Object.create(newsroom.store) as EventStore;
    store.append = async (...append) => {
      calls.appends += 1;
      await onAppend(calls.appends);
      return newsroom.store.append(...append);
    };
    store.readStream = (...read) => {
      calls.reads += 1;
      return newsroom.store.readStream(...read);
    };
    return { store, calls };
  };

  it('holds as many events as it may, also of streams that have grown while it held them', async () => {
    const { store, calls } = watched();
    const writer = writerOn(store, 50);
    const streams = [await open(writer), await open(writer)];
    for (let n = 0; n < 40; n++) {
      for (const stream of streams) await writer.execute(stream, claim(`c${n}`), commandContext(), () => null);
    }
    // Each fits by itself, but not both: whoever is used after the other has to be read again.
    const before = calls.reads;
    await writer.execute(streams[0] ?? '', claim('last'), commandContext(), () => null);
    expect(calls.reads).toBe(before + 1);
  });

  it('does not take what is old for fresh because the wall clock was set back', async () => {
    const writer = writerOn(newsroom.store);
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    try {
      const stream = await open(writer);
      expect(writer.known(stream, 5_000)).not.toBeNull();
      vi.advanceTimersByTime(6_000);
      vi.setSystemTime(Date.now() - 3_600_000);
      expect(writer.known(stream, 5_000)).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks the store once for all who want to know whether a stream is still as it was some time ago', async () => {
    const { store, calls } = watched();
    const writer = writerOn(store);
    const stream = await open(writer);
    const clock = vi.spyOn(performance, 'now');
    try {
      let later = performance.now() + 10_000;
      clock.mockImplementation(() => ++later);
      const before = calls.reads;
      const reads = await Promise.all(Array.from({ length: 20 }, () => writer.read(stream, 5_000)));
      expect(new Set(reads.map(({ revision }) => revision))).toEqual(new Set([0n]));
      expect(calls.reads).toBe(before + 1);
      // Who wants to know of now asks alone: a check that is under way may have begun before what they know of.
      await Promise.all(Array.from({ length: 3 }, () => writer.read(stream)));
      expect(calls.reads).toBe(before + 4);
    } finally {
      clock.mockRestore();
    }
  });

  it('appends the commands of one turn in a few groups, each command with a revision of its own', async () => {
    const { store, calls } = watched();
    const writer = writerOn(store);
    const stream = await open(writer);
    const before = calls.appends;
    const done = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        writer.execute(stream, claim(`c${n}`), commandContext(), ({ claims }) => claims.size),
      ),
    );
    expect(calls.appends - before).toBeLessThanOrEqual(5);
    expect(done.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    // What they see is what their append leaves behind: their own claim, and none of a later group.
    const seen = [...new Set(done.map(({ view }) => view))];
    expect(seen).toHaveLength(calls.appends - before);
    expect(seen.at(-1)).toBe(100);
    for (const { view, revision } of done) expect(view).toBeGreaterThanOrEqual(Number(revision));
  });

  it('sends the next group before the last is answered, and no third one', async () => {
    const gates: (() => void)[] = [];
    let isGated = false;
    const { store, calls } = watched(async () => {
      if (isGated) await new Promise<void>((resolve) => gates.push(resolve));
    });
    const writer = writerOn(store);
    const stream = await open(writer);
    isGated = true;
    const done: Promise<{ readonly revision: bigint }>[] = [];
    for (const n of [1, 2, 3]) {
      done.push(writer.execute(stream, claim(`c${n}`), commandContext(), () => null));
      if (n < 3) await vi.waitFor(() => expect(gates).toHaveLength(n));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls.appends).toBe(3);
    isGated = false;
    for (const open of gates) open();
    expect((await Promise.all(done)).map(({ revision }) => Number(revision))).toEqual([1, 2, 3]);
    expect(calls.appends).toBe(4);
  });

  it('loses and doubles nothing of two processes that write to one stream at full speed', async () => {
    const stream = await open(writerOn(newsroom.store));
    const pool = (pipeline: boolean) =>
      openPool({ url: newsroom.database.url, role: 'app', max: 1, pipeline, applicationName: 'other process' });
    const elsewhere = new PostgresEventStore({ appendPool: pool(true), readPool: pool(false) });
    const writers = [writerOn(newsroom.store), writerOn(elsewhere)];
    const done = await Promise.all(
      writers.flatMap((writer, w) =>
        Array.from({ length: 150 }, (_, n) =>
          writer.execute(stream, claim(`w${w}-${n}`), commandContext(), () => null),
        ),
      ),
    );
    expect(done.every(({ changed }) => changed)).toBe(true);
    expect(new Set(done.map(({ revision }) => revision)).size).toBe(300);
    expect(await typesOf(stream)).toHaveLength(301);
    await elsewhere.close();
  });

  it('decides a hot stream without reading it again', async () => {
    const { store, calls } = watched();
    const writer = writerOn(store);
    const stream = await open(writer);
    const before = calls.reads;
    for (let n = 0; n < 20; n++) await writer.execute(stream, claim(`c${n}`), commandContext(), () => null);
    expect(calls.reads).toBe(before);
  });

  it('keeps a stream that is longer than its whole cache', async () => {
    const { store, calls } = watched();
    const writer = writerOn(store, 5);
    const stream = await open(writer);
    for (let n = 0; n < 10; n++) await writer.execute(stream, claim(`c${n}`), commandContext(), () => null);
    const before = calls.reads;
    for (let n = 10; n < 20; n++) await writer.execute(stream, claim(`c${n}`), commandContext(), () => null);
    expect(calls.reads).toBe(before);
  });

  it('decides anew when another process was faster, and loses nothing of either', async () => {
    const [mine, theirs] = [writerOn(newsroom.store), writerOn(newsroom.store)];
    const stream = await open(mine);
    await theirs.execute(stream, claim('theirs-first'), commandContext(), () => null);
    // Mine still stands before it; every command of its group is decided again.
    const done = await Promise.all([
      ...Array.from({ length: 10 }, (_, n) => mine.execute(stream, claim(`mine-${n}`), commandContext(), () => null)),
      ...Array.from({ length: 10 }, (_, n) =>
        theirs.execute(stream, claim(`theirs-${n}`), commandContext(), () => null),
      ),
    ]);
    const revisions = done.map(({ revision }) => Number(revision)).toSorted((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
    expect(await typesOf(stream)).toHaveLength(22);
  });

  it('refuses only on a state that the store confirms', async () => {
    const [mine, theirs] = [writerOn(newsroom.store), writerOn(newsroom.store)];
    const stream = await open(mine);
    await mine.execute(stream, { type: 'CloseThread', reason }, commandContext(), () => null);
    await theirs.execute(stream, { type: 'ReopenThread', reason }, commandContext(), () => null);
    // To mine it is still closed, which would refuse the claim.
    const { changed } = await mine.execute(stream, claim('late'), commandContext(), () => null);
    expect(changed).toBe(true);
    await theirs.execute(stream, { type: 'CloseThread', reason }, commandContext(), () => null);
    await expect(mine.execute(stream, claim('too-late'), commandContext(), () => null)).rejects.toMatchObject({
      code: 'thread_closed',
    });
  });

  it('carries a command out once, however often it is sent', async () => {
    const writer = writerOn(newsroom.store);
    const stream = await open(writer);
    const [command, context] = [claim('once'), commandContext()];
    const first = await writer.execute(stream, command, context, () => null);
    for (const again of [writer, writerOn(newsroom.store)]) {
      const second = await again.execute(stream, command, context, () => null);
      expect(second).toMatchObject({ changed: false, revision: first.revision });
    }
    expect(await typesOf(stream)).toEqual(['ThreadOpened', 'ClaimOpened']);
  });

  it('carries a command out once when the answer of the first try was lost', async () => {
    let isLost = false;
    const { store } = watched();
    const append = store.append.bind(store);
    store.append = async (...args) => {
      const result = await append(...args);
      if (!isLost) return result;
      isLost = false;
      throw new EventStoreUnavailable('The answer was lost.');
    };
    const writer = writerOn(store);
    const stream = await open(writer);
    const [command, context] = [claim('lost'), commandContext()];
    isLost = true;
    await expect(writer.execute(stream, command, context, () => null)).rejects.toThrow('The answer was lost.');
    expect(await writer.execute(stream, command, context, () => null)).toMatchObject({ changed: false });
    expect(await typesOf(stream)).toEqual(['ThreadOpened', 'ClaimOpened']);
  });

  it('fails what was decided on events that never became durable', async () => {
    let stands!: () => void;
    let fails!: (error: Error) => void;
    const standing = new Promise<void>((resolve) => {
      stands = resolve;
    });
    const failing = new Promise<void>((_, reject) => {
      fails = reject;
    });
    const { store } = watched(async (calls) => {
      if (calls !== 2) return;
      stands();
      await failing;
    });
    const writer = writerOn(store);
    const stream = await open(writer);
    const first = writer.execute(stream, claim('first'), commandContext(), () => null);
    await standing;
    const second = writer.execute(stream, { type: 'MootClaim', claimId: 'none', reason }, commandContext(), () => null);
    const third = writer.execute(stream, claim('third'), commandContext(), () => null);
    const settled = Promise.allSettled([first, second, third]);
    fails(new EventStoreUnavailable('Gone.'));
    const [one, two, three] = await settled;
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'event_store_unavailable' } });
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'claim_not_found' } });
    expect(three?.status).toBe('rejected');
    expect(await typesOf(stream)).toEqual(['ThreadOpened']);
    expect(await writer.execute(stream, claim('third'), commandContext(), () => null)).toMatchObject({ revision: 1n });
  });

  it('holds a command to the revision it expects, and finds its own first try there', async () => {
    const [mine, theirs] = [writerOn(newsroom.store), writerOn(newsroom.store)];
    const stream = await open(mine);
    const context = { ...commandContext(), expectedRevision: 0n };
    const command = claim('expected');
    const first = await mine.execute(stream, command, context, () => null);
    expect(first).toMatchObject({ changed: true, revision: 1n });
    expect(await mine.execute(stream, command, context, () => null)).toMatchObject({ changed: false });
    const stale = { ...commandContext(), expectedRevision: 0n };
    for (const writer of [mine, theirs]) {
      await expect(writer.execute(stream, claim('stale'), stale, () => null)).rejects.toMatchObject({
        code: 'wrong_expected_revision',
        actual: 1n,
      });
    }
  });
});
