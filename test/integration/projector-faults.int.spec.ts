import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECTIONS, type Projection, Projector, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { eventually } from '../eventually.js';
import { among, projectionNamed } from '../faults/faulty-projection.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';

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

  it('lets a projection that is behind catch up while the others follow the log', async () => {
    start(PROJECTIONS);
    await newsroom.settled();
    stop.abort();
    await running;
    const source = projectionNamed('source');
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
    const newer = { ...projectionNamed('status-history'), version: 2 };
    const errors = start(among(newer));
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
    const before = await rowsOf(newsroom, projectionNamed('thread-board'));

    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    const errors = start(PROJECTIONS);
    await eventually(async () => (errors.length >= PROJECTIONS.length ? true : null));
    await tellAndAmend(newsroom, '-later');
    process.off('warning', warn);
    expect(warnings).toEqual([]);
    expect(String(errors[0])).toContain(`at position ${head + 1000n}, and the log ends at ${head}`);
    expect((await newsroom.queries.projections()).map(({ error }) => error)).toEqual(
      PROJECTIONS.map(() => expect.stringContaining('storyledger projections rebuild')),
    );
    expect(await rowsOf(newsroom, projectionNamed('thread-board'))).toEqual(before);

    for (const projection of PROJECTIONS) {
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
    }
    await tellAndAmend(newsroom, '-last');
    await settledEverywhere();
    expect((await newsroom.queries.projections()).map(({ error }) => error)).toEqual(PROJECTIONS.map(() => null));
    await expectSameAsRebuilt(PROJECTIONS);
  });

  it('does not complain of tables that were rebuilt just as it had looked at them', async () => {
    start(PROJECTIONS);
    await newsroom.settled();
    stop.abort();
    await running;
    const { ownerPool } = newsroom.database;
    const move = (by: number) =>
      `UPDATE read_models.checkpoints SET position = position + ${by} WHERE projection = 'source'`;
    await ownerPool.query(move(1_000));
    const rebuilding = await ownerPool.connect();
    await rebuilding.query(`BEGIN; SELECT 1 FROM read_models.checkpoints WHERE projection = 'source' FOR UPDATE`);
    const complains = async () => {
      const { rows } = await ownerPool.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%error_attempts + 1%'`,
      );
      return rows.length > 0;
    };
    start(PROJECTIONS);
    await eventually(async () => (await complains()) || null);
    await rebuilding.query(`${move(-1_000)}; COMMIT`);
    rebuilding.release();
    await eventually(async () => !(await complains()) || null);
    await settledEverywhere();
    expect((await newsroom.queries.projections()).map(({ error }) => error)).toEqual(PROJECTIONS.map(() => null));
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
