import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellAndAmend } from '../../../test/busy-newsroom.js';
import { eventually } from '../../../test/eventually.js';
import { type Newsroom, openNewsroom } from '../../../test/newsroom.js';
import { PROJECTIONS } from '../projections.js';
import { readCheckpoints } from './checkpoints.js';
import { Lane, Overtaken } from './lane.js';
import { Leases } from './leases.js';

describe('leases of projections', () => {
  let newsroom: Newsroom;
  beforeAll(async () => {
    newsroom = await openNewsroom();
    await tellAndAmend(newsroom, '-0');
    await readCheckpoints(newsroom.database.appPool, PROJECTIONS);
  });
  afterAll(() => newsroom.close());

  const expire = () =>
    newsroom.database.ownerPool.query(`UPDATE read_models.checkpoints SET leased_until = now() - interval '1 second'`);

  it('are held by one process, until it lets them run out or gives them back', async () => {
    const [one, other] = [new Leases(newsroom.database.appPool), new Leases(newsroom.database.appPool)];
    const tokens = await one.take(PROJECTIONS);
    expect(tokens.size).toBe(PROJECTIONS.length);
    expect((await other.take(PROJECTIONS)).size).toBe(0);
    expect(await other.isAnyFree(PROJECTIONS)).toBe(false);
    expect(await one.renew(tokens)).toBe(true);
    await expire();
    expect(await other.isAnyFree(PROJECTIONS)).toBe(true);
    const later = await other.take(PROJECTIONS);
    for (const [projection, token] of later) expect(token).toBeGreaterThan(tokens.get(projection) ?? token);
    expect(await one.renew(tokens)).toBe(false);
    await one.release();
    expect((await one.take(PROJECTIONS)).size).toBe(0);
    await other.release();
    expect((await one.take(PROJECTIONS)).size).toBe(PROJECTIONS.length);
    await one.release();
  });

  it('go to one of many that ask at the same moment', async () => {
    const askers = Array.from({ length: 8 }, () => new Leases(newsroom.database.appPool));
    const taken = await Promise.all(askers.map((leases) => leases.take(PROJECTIONS)));
    const names = taken.flatMap((tokens) => [...tokens.keys()]);
    expect(new Set(names).size).toBe(names.length);
    await Promise.all(askers.map((leases) => leases.release()));
  });

  it('are renewed row by row as a batch locks its rows, so that neither waits for what the other holds', async () => {
    const { appPool } = newsroom.database;
    const leases = new Leases(appPool);
    const tokens = await leases.take(PROJECTIONS);
    const [first, ...others] = [...tokens.keys()].toSorted();
    const batch = await appPool.connect();
    try {
      const lock = (names: readonly (string | undefined)[]) =>
        batch.query(`SELECT FROM read_models.checkpoints WHERE projection = ANY ($1) FOR UPDATE NOWAIT`, [names]);
      await batch.query('BEGIN');
      await lock([first]);
      const renewed = leases.renew(tokens);
      await eventually(async () => {
        const { rows } = await newsroom.database.ownerPool.query(
          `SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
           WHERE NOT l.granted AND a.datname = current_database() AND a.query LIKE '%leased_until%'`,
        );
        return rows[0];
      });
      await lock(others);
      await batch.query('COMMIT');
      expect(await renewed).toBe(true);
    } finally {
      batch.release();
    }
    await leases.release();
  });

  it('of which the token is old let nothing be written, though all else is as it was', async () => {
    const { appPool: pool } = newsroom.database;
    const { store } = newsroom;
    const paused = new Leases(pool);
    const lane = new Lane({ store, pool, tokens: await paused.take(PROJECTIONS) }, PROJECTIONS, -1n);
    const events = [];
    for await (const stored of store.readAll({ limit: 5 })) events.push(stored);
    await expire();
    const successor = await new Leases(pool).take(PROJECTIONS);
    const stretch = { events, until: events.at(-1)?.position ?? -1n };
    await expect(lane.apply(stretch)).rejects.toThrow(Overtaken);
    const states = await newsroom.queries.projections();
    expect(states.map(({ position }) => position)).toEqual(states.map(() => -1n));
    const { rows } = await newsroom.database.ownerPool.query('SELECT FROM read_models.source');
    expect(rows).toEqual([]);
    // The same stretch from the same place, under the token that holds.
    expect(await new Lane({ store, pool, tokens: successor }, PROJECTIONS, -1n).apply(stretch)).toEqual([]);
    const after = await newsroom.queries.projections();
    expect(after.map(({ position }) => position)).toEqual(after.map(() => stretch.until));
  });
});
