import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredEvent } from '#event-store';
import { AccessLog, parkingRecord } from '#operations';
import { ParkedEvents, PROJECTIONS, type Projection, Projector, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { eventually } from '../eventually.js';
import { among, FaultyProjection, projectionNamed } from '../faults/faulty-projection.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { commandContext } from '../tell-story.js';

const ADMIN = { id: 'key:01900000-0000-7000-8000-000000000001', name: 'Night desk' };
const PAGE = { limit: 1_000, cursor: null };

describe('an event that a projection cannot apply', () => {
  let newsroom: Newsroom;
  let log: readonly StoredEvent[];
  let stop: AbortController;
  let running: Promise<void> = Promise.resolve();
  beforeEach(async () => {
    newsroom = await openNewsroom();
    stop = new AbortController();
    await Promise.all(Array.from({ length: 4 }, (_, n) => tellAndAmend(newsroom, `-${n}`)));
    await mergeAndPart(newsroom);
    log = await readLog();
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await newsroom.close();
  });

  it('is parked with its error, later ones of its stream wait in order, and all others are applied', async () => {
    const failing = ofThread(0, 3);
    const faulty = new FaultyProjection(projectionNamed('claim'), ({ id }) => id === failing.id);
    const parkings = start(among(faulty));
    await newsroom.settled();

    const { items } = await parked(faulty).list({}, PAGE);
    const behind = log.filter(({ stream, revision }) => stream === failing.stream && revision > failing.revision);
    expect(behind.length).toBeGreaterThan(10);
    expect(items[0]).toMatchObject({
      projection: 'claim',
      state: 'parked',
      eventId: failing.id,
      eventType: failing.event.type,
      stream: failing.stream,
      revision: failing.revision,
      position: failing.position,
      message: 'TypeError: cannot read properties of undefined',
      stack: expect.stringContaining('faulty-projection'),
      attempts: 1,
    });
    expect(items.slice(1).map(({ state, eventId }) => [state, eventId])).toEqual(
      behind.map(({ id }) => ['waiting', id]),
    );
    expect(parkings).toEqual([failing.id]);

    const claims = await rowsOf(newsroom, faulty);
    expect(claims.some((row) => row.includes(failing.stream.slice('thread-'.length)))).toBe(true);
    faulty.mended = true;
    await rebuild(rebuilding(faulty));
    const rebuilt = await rowsOf(newsroom, faulty);
    const others = (rows: readonly string[]) =>
      rows.filter((row) => !row.startsWith(`{"thread_id":"${failing.stream.slice('thread-'.length)}"`));
    expect(others(claims)).toEqual(others(rebuilt));
    expect(claims).not.toEqual(rebuilt);
    expect((await parked(faulty).list({}, PAGE)).items).toEqual([]);
  });

  it('holds up no reader but one who asks for it', async () => {
    const failing = ofThread(1, 2);
    start(among(new FaultyProjection(projectionNamed('claim'), ({ id }) => id === failing.id)));
    const head = await newsroom.store.head();
    expect(await newsroom.waiter.waitFor(head, 20_000)).toBe(true);
    const behind = log.find(({ stream, revision }) => stream === failing.stream && revision > failing.revision);
    const other = log.find(({ stream, position }) => stream !== failing.stream && position > failing.position);
    expect(await newsroom.waiter.isHeld(failing.position)).toBe(true);
    expect(await newsroom.waiter.isHeld(behind?.position ?? -1n)).toBe(true);
    expect(await newsroom.waiter.isHeld(other?.position ?? -1n)).toBe(false);
  });

  it.each(PROJECTIONS)('leaves rows as a rebuild makes them, once it is retried: $name', async (sound) => {
    const streams = [...mergedStreams(), sourceStream()];
    const failing = new Set(streams.map((stream) => first(stream)));
    const faulty = new FaultyProjection(sound, (stored) => failing.has(stored.id));
    start(among(faulty), 7);
    await newsroom.settled();
    await tellAndAmend(newsroom, '-later');
    await newsroom.settled();

    const heads = (await parked(faulty).list({ state: ['parked'] }, PAGE)).items;
    if (sound.waits === 'log') expect(heads).toHaveLength(1);
    else expect(new Set(heads.map(({ stream }) => stream))).toEqual(new Set(streams));
    faulty.mended = true;
    for (const { parkedId } of heads)
      expect(await parked(faulty).retry(parkedId, ADMIN)).toMatchObject({ parked: null });
    expect((await parked(faulty).list({}, PAGE)).items).toEqual([]);

    // What comes after goes on as if nothing had been.
    await newsroom.threads.revise('kim-putin-visit-2', { headline: 'After it' }, commandContext());
    await newsroom.settled();
    expect((await parked(faulty).list({}, PAGE)).items).toEqual([]);
    const live = await rowsOf(newsroom, sound);
    await rebuild(rebuilding(sound));
    expect(await rowsOf(newsroom, sound)).toEqual(live);
  });

  it('stays first of its line when a retry fails, and counts its attempts', async () => {
    const failing = ofThread(0, 3);
    const faulty = new FaultyProjection(projectionNamed('status-history'), ({ id }) => id === failing.id);
    start(among(faulty));
    await newsroom.settled();
    const before = (await parked(faulty).list({}, PAGE)).items;
    const [head, behind] = before;
    const outcome = await parked(faulty).retry(head?.parkedId ?? '', ADMIN);
    expect(outcome).toMatchObject({ applied: 0, parked: { parkedId: head?.parkedId, attempts: 2 } });
    expect((await parked(faulty).list({}, PAGE)).items.slice(1)).toEqual(before.slice(1));
    await expect(parked(faulty).retry(behind?.parkedId ?? '', ADMIN)).rejects.toMatchObject({
      code: 'parked_event_waits',
    });
    await expect(parked(faulty).drop(behind?.parkedId ?? '', ADMIN, 'x')).rejects.toMatchObject({
      code: 'parked_event_waits',
    });
  });

  it('frees its stream up to the next that fails', async () => {
    const failing = [ofThread(0, 3), ofThread(0, 6)];
    const faulty = new FaultyProjection(projectionNamed('claim'), ({ id }) => failing.some((one) => one.id === id));
    start(among(faulty));
    await newsroom.settled();
    const [head] = (await parked(faulty).list({}, PAGE)).items;
    const outcome = await parked(faulty).drop(head?.parkedId ?? '', ADMIN, 'shown by hand');
    expect(outcome).toMatchObject({ applied: 2, parked: { eventId: failing[1]?.id, attempts: 1, state: 'parked' } });
  });

  it('may be dropped, which is recorded; a rebuild tries it once more, and goes without it if it fails again', async () => {
    const failing = ofThread(0, 3);
    const faulty = new FaultyProjection(projectionNamed('status-history'), ({ id }) => id === failing.id);
    start(among(faulty));
    await newsroom.settled();
    const [head] = (await parked(faulty).list({}, PAGE)).items;
    const parkedId = head?.parkedId ?? '';
    expect(await parked(faulty).drop(parkedId, ADMIN, 'shown by hand')).toMatchObject({ parked: null });
    await newsroom.settled();
    const dropped = {
      parkedId,
      state: 'dropped',
      dropped: { by: ADMIN, reason: 'shown by hand', at: expect.any(String) },
    };
    expect((await parked(faulty).list({}, PAGE)).items).toMatchObject([dropped]);
    expect(await newsroom.waiter.isHeld(failing.position)).toBe(false);
    await expect(parked(faulty).retry(parkedId, ADMIN)).rejects.toMatchObject({ code: 'parked_event_dropped' });
    const { rows } = await newsroom.database.ownerPool.query(
      'SELECT actor_name, action, subject, detail FROM operations.access_log ORDER BY at',
    );
    expect(rows).toEqual([
      {
        actor_name: 'Night desk',
        action: 'parked_event.dropped',
        subject: failing.stream,
        detail: { projection: 'status-history', eventId: failing.id, reason: 'shown by hand' },
      },
    ]);

    const live = await rowsOf(newsroom, faulty);
    await rebuild(rebuilding(faulty));
    expect(await rowsOf(newsroom, faulty)).toEqual(live);
    expect((await parked(faulty).list({}, PAGE)).items).toMatchObject([dropped]);
    faulty.mended = true;
    await rebuild(rebuilding(faulty));
    expect((await rowsOf(newsroom, faulty)).length).toBeGreaterThan(live.length);
    expect((await parked(faulty).list({}, PAGE)).items).toEqual([]);
  });

  it('is parked by a rebuild too, which takes over what is dropped while it runs', async () => {
    start(PROJECTIONS);
    await newsroom.settled();
    const sound = projectionNamed('status-history');
    const whole = await rowsOf(newsroom, sound);
    const failing = ofThread(0, 3);
    const faulty = new FaultyProjection(sound, ({ id }) => id === failing.id);
    await rebuild(rebuilding(faulty));
    const held = (await parked(faulty).list({}, PAGE)).items;
    expect(held.map(({ state }) => state)).toEqual(['parked', ...held.slice(1).map(() => 'waiting')]);

    let meanwhile: Promise<unknown> | null = null;
    await rebuild({
      ...rebuilding(faulty),
      onProgress: () => {
        meanwhile ??= parked(faulty).drop(held[0]?.parkedId ?? '', ADMIN, 'shown by hand');
      },
    });
    await meanwhile;
    // Dropped before the swap or after it: either way the line is free and only that one event is missing.
    expect((await parked(faulty).list({}, PAGE)).items).toMatchObject([{ eventId: failing.id, state: 'dropped' }]);
    const missing = whole.filter((row) => row.startsWith(`{"position":${failing.position},`));
    expect(missing.length).toBeGreaterThan(0);
    expect(await rowsOf(newsroom, sound)).toEqual(whole.filter((row) => !missing.includes(row)));
  });

  it.each(['08006', '40001', '40P01', '53100', '53300', '55P03', '57014', '57P01', '58030', 'ECONNRESET'])(
    'is none when the fault is one that passes: %s',
    async (code) => {
      const failing = ofThread(0, 3);
      const passing = Object.assign(new Error('it passes'), { code });
      const faulty = new FaultyProjection(projectionNamed('claim'), ({ id }) => id === failing.id, passing);
      const parkings = start(among(faulty));
      await eventually(async () => faulty.failures > 1 || null);
      faulty.mended = true;
      await newsroom.settled();
      expect(parkings).toEqual([]);
      expect((await parked(faulty).list({}, PAGE)).items).toEqual([]);
    },
  );

  it('is none when the tables cannot be written at all: that projection waits for them, the others go on', async () => {
    const { ownerPool } = newsroom.database;
    await ownerPool.query('ALTER TABLE read_models.claim RENAME TO claim_away');
    start(PROJECTIONS);
    const claim = await eventually(async () => {
      const states = await newsroom.queries.projections();
      const head = await newsroom.store.head();
      const others = states.filter(({ projection }) => projection !== 'claim');
      const stopped = states.find(({ projection, error }) => projection === 'claim' && error !== null);
      return others.every(({ position }) => position === head) ? stopped : null;
    });
    expect(claim).toMatchObject({ position: -1n, parked: 0, error: expect.stringContaining('does not exist') });
    await ownerPool.query('ALTER TABLE read_models.claim_away RENAME TO claim');
    await newsroom.settled();
    expect(
      (await newsroom.queries.projections()).every(({ error, parked: held }) => error === null && held === 0),
    ).toBe(true);
  });

  it('that is not there, or of other tables than this build writes, is refused to be decided about', async () => {
    const failing = ofThread(0, 3);
    const faulty = new FaultyProjection(projectionNamed('claim'), ({ id }) => id === failing.id);
    start(among(faulty));
    await newsroom.settled();
    const [head] = (await parked(faulty).list({}, PAGE)).items;
    await expect(parked(faulty).retry('01900000-0000-7000-8000-000000000001', ADMIN)).rejects.toMatchObject({
      code: 'parked_event_not_found',
    });
    const newer = { ...projectionNamed('claim'), version: 2 };
    await expect(parked(newer).retry(head?.parkedId ?? '', ADMIN)).rejects.toMatchObject({
      code: 'projection_version_differs',
    });
    expect((await parked(faulty).list({}, PAGE)).items[0]).toMatchObject({ state: 'parked', attempts: 1 });
  });

  /** Answers the ids of the events that are parked. */
  function start(projections: readonly Projection[], batchSize?: number): readonly string[] {
    const parkings: string[] = [];
    stop = new AbortController();
    const projector = new Projector({
      store: newsroom.store,
      pool: newsroom.database.appPool,
      projections,
      onParked: ({ stored }) => parkings.push(stored.id),
      ...(batchSize !== undefined && { batchSize }),
    });
    running = projector.run(stop.signal);
    return parkings;
  }

  function parked(projection: Projection): ParkedEvents {
    const { appPool: pool } = newsroom.database;
    const record = parkingRecord(new AccessLog(pool));
    return new ParkedEvents({ pool, store: newsroom.store, record }, among(projection));
  }

  function rebuilding(projection: Projection) {
    return { store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection };
  }

  async function readLog(): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const stored of newsroom.store.readAll()) events.push(stored);
    return events;
  }

  /** An event of one of the threads, by its revision. */
  function ofThread(nth: number, revision: number): StoredEvent {
    const streams = [...new Set(log.map(({ stream }) => stream))].filter((stream) => stream.startsWith('thread-'));
    const found = log.find((stored) => stored.stream === streams[nth] && stored.revision === BigInt(revision));
    if (found === undefined) throw new Error(`Thread ${nth} has no revision ${revision}.`);
    return found;
  }

  /** Two threads of which one took over the claims of the other, and one of two that parted again. */
  function mergedStreams(): readonly string[] {
    const merged = log.filter(({ event }) => event.type === 'ThreadMerged').map(({ stream }) => stream);
    return [...new Set(merged)].slice(0, 3);
  }

  function sourceStream(): string {
    return log.find(({ stream }) => stream.startsWith('source-'))?.stream ?? '';
  }

  function first(stream: string): string {
    return log.find((stored) => stored.stream === stream)?.id ?? '';
  }
});
