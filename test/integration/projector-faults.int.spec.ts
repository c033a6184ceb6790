import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTIONS, type Projection, Projector, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';

/** Stands for a projection with a bug: what its event throws it throws again each time, until `mended`. */
class Faulty implements Projection {
  readonly name: string;
  readonly version: number;
  readonly entities: Projection['entities'];
  mended = false;
  failures = 0;

  constructor(
    private readonly sound: Projection,
    private readonly failsAt: bigint,
  ) {
    this.name = sound.name;
    this.version = sound.version;
    this.entities = sound.entities;
  }

  async apply(batch: Parameters<Projection['apply']>[0], tables: Parameters<Projection['apply']>[1]): Promise<void> {
    // First writes, so that a batch which is not rolled back would show.
    await this.sound.apply(batch, tables);
    if (this.mended || !batch.events.some(({ position }) => position === this.failsAt)) return;
    this.failures += 1;
    throw new TypeError('cannot read properties of undefined');
  }
}

function named(name: string): Projection {
  const projection = PROJECTIONS.find((candidate) => candidate.name === name);
  if (projection === undefined) throw new Error(`There is no projection ${name}.`);
  return projection;
}

describe('a projector', () => {
  let newsroom: Newsroom;
  let stop: AbortController;
  let running: Promise<void> = Promise.resolve();
  beforeEach(async () => {
    newsroom = await openNewsroom();
    stop = new AbortController();
    await Promise.all(Array.from({ length: 4 }, (_, n) => tellAndAmend(newsroom, `-${n}`)));
    await mergeAndPart(newsroom);
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await newsroom.close();
  });

  it('stops a projection right before the event that it cannot apply, and lets the others go on', async () => {
    const events = [];
    for await (const { position } of newsroom.store.readAll()) events.push(position);
    const failsAt = events[Math.floor(events.length / 2)] ?? 0n;
    const faulty = new Faulty(named('claim'), failsAt);
    const errors = start(PROJECTIONS.map((projection) => (projection.name === 'claim' ? faulty : projection)));
    const head = await newsroom.store.head();

    const stopped = await eventually(async () => {
      const states = await newsroom.queries.projections();
      const others = states.filter(({ projection }) => projection !== 'claim');
      const claim = states.find(({ projection }) => projection === 'claim');
      return others.length === PROJECTIONS.length - 1 &&
        others.every(({ position }) => position === head) &&
        claim?.error
        ? claim
        : null;
    });
    expect(stopped.position).toBe(events[events.indexOf(failsAt) - 1]);
    expect(stopped).toMatchObject({ errorPosition: failsAt, error: 'TypeError: cannot read properties of undefined' });
    expect(stopped.errorAttempts).toBeGreaterThan(0);
    expect(errors.length).toBeGreaterThan(0);
    expect(await newsroom.waiter.waitFor(head, 50)).toBe(false);

    faulty.mended = true;
    await tellAndAmend(newsroom, '-later');
    await newsroom.settled();
    expect((await newsroom.queries.projections()).every(({ error }) => error === null)).toBe(true);
    await expectSameAsRebuilt(PROJECTIONS);
  });

  it('lets a projection that is behind catch up while the others follow the log', async () => {
    start(PROJECTIONS);
    await newsroom.settled();
    stop.abort();
    await running;
    const source = named('source');
    const { ownerPool } = newsroom.database;
    await ownerPool.query('TRUNCATE read_models.source');
    await ownerPool.query(`DELETE FROM read_models.checkpoints WHERE projection = 'source'`);

    start(PROJECTIONS, 20);
    await Promise.all(Array.from({ length: 4 }, (_, n) => tellAndAmend(newsroom, `-more-${n}`)));
    await settledEverywhere();
    await expectSameAsRebuilt([source]);
  });

  it('leaves tables of another version alone until they are rebuilt', async () => {
    start(PROJECTIONS);
    await newsroom.settled();
    stop.abort();
    await running;
    const newer = { ...named('status-history'), version: 2 };
    const errors = start(PROJECTIONS.map((projection) => (projection.name === newer.name ? newer : projection)));
    await tellAndAmend(newsroom, '-later');
    const waiting = await eventually(async () => {
      const states = await newsroom.queries.projections();
      const head = await newsroom.store.head();
      const others = states.filter(({ projection }) => projection !== newer.name);
      return others.every(({ position }) => position === head) ? states.find((s) => s.projection === newer.name) : null;
    });
    expect(waiting).toMatchObject({ version: 1, error: expect.stringContaining('projections rebuild status-history') });
    expect(String(errors[0])).toContain('version 1');

    await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection: newer });
    await settledEverywhere();
    expect((await newsroom.queries.projections()).find((s) => s.projection === newer.name)).toMatchObject({
      version: 2,
      error: null,
    });
    await expectSameAsRebuilt([newer]);
  });

  it('leaves tables alone that are ahead of the log until they are rebuilt', async () => {
    start(PROJECTIONS);
    await newsroom.settled();
    stop.abort();
    await running;
    const head = await newsroom.store.head();
    // As after a restore of the log alone, to a time before that of the tables.
    await newsroom.database.ownerPool.query('UPDATE read_models.checkpoints SET position = position + 1000');
    const before = await rowsOf(newsroom, named('thread-board'));

    const errors = start(PROJECTIONS);
    await eventually(async () => (errors.length >= PROJECTIONS.length ? true : null));
    await tellAndAmend(newsroom, '-later');
    expect(String(errors[0])).toContain(`at position ${head + 1000n}, and the log ends at ${head}`);
    expect((await newsroom.queries.projections()).map(({ error }) => error)).toEqual(
      PROJECTIONS.map(() => expect.stringContaining('storyledger projections rebuild')),
    );
    expect(await rowsOf(newsroom, named('thread-board'))).toEqual(before);

    for (const projection of PROJECTIONS) {
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
    }
    await tellAndAmend(newsroom, '-last');
    await settledEverywhere();
    expect((await newsroom.queries.projections()).map(({ error }) => error)).toEqual(PROJECTIONS.map(() => null));
    await expectSameAsRebuilt(PROJECTIONS);
  });

  it('goes on by itself after the database has cut its connections', async () => {
    const head = await newsroom.store.head();
    start(PROJECTIONS, 5);
    await eventually(async () => ((await newsroom.queries.projections())[0]?.eventsApplied ?? 0n) > 20n || null);
    await newsroom.database.ownerPool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name IN ('test', 'newsroom')`,
    );
    const cutAt = (await newsroom.queries.projections())[0]?.position ?? head;
    expect(cutAt).toBeLessThan(head);
    await settledEverywhere(head);
    await expectSameAsRebuilt(PROJECTIONS);
  });

  function start(projections: readonly Projection[], batchSize?: number): unknown[] {
    const errors: unknown[] = [];
    stop = new AbortController();
    const projector = new Projector({
      store: newsroom.store,
      pool: newsroom.database.appPool,
      projections,
      onError: (error) => errors.push(error),
      ...(batchSize !== undefined && { batchSize }),
    });
    running = projector.run(stop.signal);
    return errors;
  }

  /** The waiter remembers what it once saw; this looks at the checkpoints themselves. */
  async function settledEverywhere(until?: bigint): Promise<void> {
    const head = until ?? (await newsroom.store.head());
    await eventually(async () => {
      const states = await newsroom.queries.projections();
      return (states.length === PROJECTIONS.length && states.every(({ position }) => position >= head)) || null;
    });
  }

  async function expectSameAsRebuilt(projections: readonly Projection[]): Promise<void> {
    for (const projection of projections) {
      const live = await rowsOf(newsroom, projection);
      expect(live.length).toBeGreaterThan(0);
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
      expect(await rowsOf(newsroom, projection)).toEqual(live);
    }
  }
});

async function eventually<T>(look: () => Promise<T | null | undefined>): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error('It did not come to that within 20 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
