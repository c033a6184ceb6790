import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { PROJECTIONS, type Projection, Projector, Rebuilds, RebuildWorker, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { eventually } from '../eventually.js';
import { among, FaultyProjection, projectionNamed } from '../faults/faulty-projection.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';

const ADMIN = { id: 'key:01900000-0000-7000-8000-000000000001', name: 'Night desk' };
const pathOf = (name: string) => fileURLToPath(new URL(`../faults/${name}`, import.meta.url));

describe('a rebuild', () => {
  let newsroom: Newsroom;
  let rebuilds: Rebuilds;
  let requests: unknown[];
  let stop: AbortController;
  let running: Promise<void>[];
  beforeEach(async () => {
    newsroom = await openNewsroom();
    requests = [];
    rebuilds = new Rebuilds(newsroom.database.appPool, async (request) => void requests.push(request));
    stop = new AbortController();
    running = [];
    await Promise.all(Array.from({ length: 4 }, (_, n) => tellAndAmend(newsroom, `-${n}`)));
    await mergeAndPart(newsroom);
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(running);
    await newsroom.close();
  });

  it.each(['claim', 'thread-board'])('of %s that was killed goes on where it was', async (name) => {
    project(PROJECTIONS);
    await newsroom.settled();
    const projection = projectionNamed(name);
    const live = await rowsOf(newsroom, projection);
    const done = await killHalfway(name);
    expect((await rebuilds.all()).get(name)).toMatchObject({
      state: 'interrupted',
      version: projection.version,
      eventsDone: done,
      secondsLeft: null,
      requestedBy: 'system:test',
      requestedByName: 'Test',
    });
    const steps: number[] = [];
    await rebuild({ ...rebuilding(projection), batchSize: 5, onProgress: (events) => steps.push(events) });
    expect(steps[0]).toBe(done + 5);
    expect(await rowsOf(newsroom, projection)).toEqual(live);
    expect((await rebuilds.all()).size).toBe(0);
  });

  it('that reads only ends parks what it cannot apply as one that reads each step does', async () => {
    project(PROJECTIONS);
    await newsroom.settled();
    const board = projectionNamed('thread-board');
    const live = await rowsOf(newsroom, board);
    const faulty = new FaultyProjection(board, ({ event }) => event.type === 'ThreadRevised');
    const outcome = async (projection: Projection) => {
      await rebuild({ ...rebuilding(projection), anew: true });
      const { rows: parked } = await newsroom.database.ownerPool.query(
        'SELECT position, state FROM read_models.parked_events ORDER BY position',
      );
      return { rows: await rowsOf(newsroom, board), parked };
    };
    const byEnds = await outcome({
      ...board,
      apply: (batch, tables) => faulty.apply(batch, tables),
    });
    expect(byEnds.parked.length).toBeGreaterThan(0);
    expect(byEnds.rows).not.toEqual(live);
    expect(byEnds).toEqual(await outcome(faulty));
  });

  it('that was killed begins anew when asked to, and when the tables have changed since', async () => {
    project(PROJECTIONS);
    await newsroom.settled();
    const claim = projectionNamed('claim');
    const live = await rowsOf(newsroom, claim);
    const first = async (anew: boolean): Promise<number | undefined> => {
      const steps: number[] = [];
      await rebuild({ ...rebuilding(claim), anew, batchSize: 5, onProgress: (events) => steps.push(events) });
      return steps[0];
    };
    await killHalfway('claim');
    expect(await first(true)).toBe(5);
    await killHalfway('claim');
    await newsroom.database.ownerPool.query('ALTER TABLE read_models.claim ADD COLUMN later text');
    expect(await first(false)).toBe(5);
    await newsroom.database.ownerPool.query('ALTER TABLE read_models.claim DROP COLUMN later');
    expect(await rowsOf(newsroom, claim)).toEqual(live);
  });

  it('that was killed is taken up by a projector, which tells how far it is', async () => {
    project(PROJECTIONS);
    await newsroom.settled();
    const live = await rowsOf(newsroom, projectionNamed('claim'));
    const done = await killHalfway('claim');
    const holder = await newsroom.database.ownerPool.connect();
    try {
      // Held before it can say that it has done a batch.
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE read_models.rebuilds IN SHARE MODE');
      work(PROJECTIONS, 5);
      await eventually(async () => ((await rebuilds.all()).get('claim')?.state === 'running' ? true : null));
      expect((await rebuilds.all()).get('claim')).toMatchObject({ eventsDone: done, requestedByName: 'Test' });
      await holder.query('COMMIT');
    } finally {
      holder.release();
    }
    await eventually(async () => ((await rebuilds.all()).size === 0 ? true : null));
    expect(await rowsOf(newsroom, projectionNamed('claim'))).toEqual(live);
  });

  it('is carried out by a projector when somebody asks for it, once', async () => {
    project(PROJECTIONS);
    await newsroom.settled();
    const { ownerPool } = newsroom.database;
    const source = projectionNamed('source');
    const live = await rowsOf(newsroom, source);
    await ownerPool.query('UPDATE read_models.source SET carried = carried + 1');
    await rebuilds.request(source, ADMIN);
    await expect(rebuilds.request(source, ADMIN)).rejects.toMatchObject({ code: 'rebuild_under_way' });
    expect(requests[0]).toEqual({ by: ADMIN, projection: 'source' });
    expect((await rebuilds.all()).get('source')).toMatchObject({
      state: 'requested',
      requestedBy: ADMIN.id,
      requestedByName: ADMIN.name,
    });
    // Two of them: only one does it.
    const done = [...work(PROJECTIONS), ...work(PROJECTIONS)];
    await eventually(async () => ((await rebuilds.all()).size === 0 ? true : null));
    expect(await rowsOf(newsroom, source)).toEqual(live);
    expect(done).toEqual([]);
    const { rows } = await ownerPool.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'read_models_%'`);
    expect(rows).toEqual([]);
  });

  it('starts by itself when a version is raised; the old tables are served until then, and not built back', async () => {
    project(PROJECTIONS);
    await newsroom.settled();
    stop.abort();
    await Promise.all(running);
    stop = new AbortController();
    const old = await rowsOf(newsroom, projectionNamed('status-history'));
    const newer = { ...projectionNamed('status-history'), version: 2 };
    await tellAndAmend(newsroom, '-later');

    project(among(newer));
    await eventually(async () => ((await state(newer.name))?.error?.includes('served as they are') ? true : null));
    expect(await rowsOf(newsroom, newer)).toEqual(old);
    work(among(newer));
    await eventually(async () => ((await state(newer.name))?.version === 2 ? true : null));
    await newsroom.settled();
    expect(await state(newer.name)).toMatchObject({ version: 2, error: null });
    const built = await rowsOf(newsroom, newer);
    expect(built.length).toBeGreaterThan(old.length);
    await rebuild(rebuilding(newer));
    expect(await rowsOf(newsroom, newer)).toEqual(built);

    // A process of the earlier build, still there or started by mistake, leaves the later tables alone.
    const older = new AbortController();
    const earlier = new RebuildWorker({ ...worker(), projections: PROJECTIONS }).run(older.signal);
    await rebuilds.request(projectionNamed('source'), ADMIN);
    await eventually(async () => ((await rebuilds.all()).size === 0 ? true : null));
    older.abort();
    await earlier;
    expect(await state(newer.name)).toMatchObject({ version: 2 });
  });

  it('that fails stays as it is, with why, until somebody asks again', async () => {
    project(PROJECTIONS);
    await newsroom.settled();
    const missing = Object.assign(new Error('relation "x" does not exist'), { code: '42P01' });
    const faulty = new FaultyProjection(projectionNamed('source'), () => true, missing);
    await rebuilds.request(faulty, ADMIN);
    const errors = work(among(faulty));
    await eventually(async () => ((await rebuilds.all()).get('source')?.state === 'failed' ? true : null));
    expect((await rebuilds.all()).get('source')).toMatchObject({ error: 'Error: relation "x" does not exist' });
    expect(errors).toEqual([missing]);
    faulty.mended = true;
    await rebuilds.request(faulty, ADMIN);
    await eventually(async () => ((await rebuilds.all()).size === 0 ? true : null));
  });

  const rebuilding = (projection: Projection) => ({
    store: newsroom.store,
    ownerPool: newsroom.database.ownerPool,
    projection,
  });

  function project(projections: readonly Projection[]): void {
    const { store, database } = newsroom;
    running.push(new Projector({ store, pool: database.appPool, projections }).run(stop.signal));
  }

  function worker() {
    const { store, database } = newsroom;
    const openOwnerPool = () =>
      openPool({ url: database.url, role: 'owner', max: 4, pipeline: true, applicationName: 'rebuild worker' });
    return { store, pool: database.appPool, openOwnerPool };
  }

  /** Answers what it reports. */
  function work(projections: readonly Projection[], batchSize = 1_000): readonly unknown[] {
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    running.push(new RebuildWorker({ ...worker(), projections, batchSize, onError }).run(stop.signal));
    return errors;
  }

  async function state(name: string) {
    return (await newsroom.queries.projections()).find(({ projection }) => projection === name);
  }

  /** Answers how many events it had done. */
  async function killHalfway(name: string): Promise<number> {
    const { ownerPool, url } = newsroom.database;
    const args = [pathOf('run-typescript.mjs'), pathOf('rebuild-process.ts'), url, name, '5'];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    const exited = once(child, 'exit');
    const holder = await ownerPool.connect();
    try {
      await eventually(async () => ((await rebuilds.all()).get(name)?.eventsDone ?? 0) > 10 || null);
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE read_models.rebuilds IN SHARE MODE');
      await eventually(async () => {
        const { rows } = await ownerPool.query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = 'read_models.rebuilds'::regclass`,
        );
        return rows.length > 0 || null;
      });
      child.kill('SIGKILL');
      await exited;
      await holder.query('COMMIT');
    } finally {
      holder.release();
    }
    await eventually(async () => ((await rebuilds.all()).get(name)?.state === 'interrupted' ? true : null));
    return (await rebuilds.all()).get(name)?.eventsDone ?? 0;
  }
});
