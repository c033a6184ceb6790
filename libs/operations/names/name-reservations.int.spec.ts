import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { NameReservations } from './name-reservations.js';

describe('name reservations', () => {
  let database: TestDatabase;
  let names: NameReservations;
  beforeAll(async () => {
    database = await createTestDatabase();
    names = new NameReservations(database.appPool);
  });
  afterAll(() => database.drop());

  it('gives a name to the first who asks, and tells the others who holds it', async () => {
    const [mine, yours] = [newId(), newId()];
    expect(await names.lookup('thread-slug', 'kim-visits')).toBeNull();
    expect(await names.reserve('thread-slug', 'kim-visits', mine)).toBe(mine);
    expect(await names.reserve('thread-slug', 'kim-visits', yours)).toBe(mine);
    expect(await names.lookup('thread-slug', 'kim-visits')).toBe(mine);
  });

  it('gives the same id to a retry', async () => {
    const mine = newId();
    expect(await names.reserve('thread-slug', 'retry', mine)).toBe(mine);
    expect(await names.reserve('thread-slug', 'retry', mine)).toBe(mine);
  });

  it('remembers who holds a name, and not that nobody does', async () => {
    const elsewhere = new NameReservations(database.appPool);
    const mine = newId();
    expect(await elsewhere.lookup('thread-slug', 'remembered')).toBeNull();
    await names.reserve('thread-slug', 'remembered', mine);
    expect(await elsewhere.lookup('thread-slug', 'remembered')).toBe(mine);
    await database.ownerPool.query(`DELETE FROM operations.name_reservations WHERE name = 'remembered'`);
    // Without asking the table, which knows nothing any more.
    expect(await elsewhere.lookup('thread-slug', 'remembered')).toBe(mine);
    expect(await names.reserve('thread-slug', 'remembered', newId())).toBe(mine);
  });

  it('looks for all that is asked in one turn by one statement, and again for what is asked after', async () => {
    const [tass, upi] = [newId(), newId()];
    await names.reserve('source-key', 'asked-tass', tass);
    await names.reserve('thread-slug', 'asked-tass', upi);
    const query = vi.spyOn(database.appPool, 'query');
    const elsewhere = new NameReservations(database.appPool);
    const asked = [
      elsewhere.lookup('source-key', 'asked-tass'),
      elsewhere.lookup('thread-slug', 'asked-tass'),
      elsewhere.lookup('source-key', 'asked-tass'),
      elsewhere.lookup('source-key', 'asked-nobody'),
    ];
    expect(await Promise.all(asked)).toEqual([tass, upi, tass, null]);
    expect(query).toHaveBeenCalledTimes(1);
    expect(elsewhere.recall('source-key', 'asked-tass')).toBe(tass);
    expect(elsewhere.recall('source-key', 'asked-nobody')).toBeNull();
    await names.reserve('source-key', 'asked-nobody', upi);
    query.mockClear();
    expect(await elsewhere.lookup('source-key', 'asked-nobody')).toBe(upi);
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });

  it('keeps slugs and source keys apart', async () => {
    const [thread, source] = [newId(), newId()];
    await names.reserve('thread-slug', 'tass', thread);
    expect(await names.reserve('source-key', 'tass', source)).toBe(source);
  });

  it('has one winner, and all who ask at once learn the same', async () => {
    const holder = await database.ownerPool.connect();
    try {
      // The table is locked until every caller stands at it.
      await holder.query('BEGIN; LOCK TABLE operations.name_reservations IN SHARE MODE');
      const ids = Array.from({ length: 10 }, () => newId());
      const asked = ids.map((id) => names.reserve('source-key', 'raced', id));
      await expect
        .poll(async () => {
          const { rows } = await database.ownerPool.query(
            `SELECT count(*)::int AS count FROM pg_locks WHERE NOT granted AND locktype = 'relation'
             AND relation = 'operations.name_reservations'::regclass`,
          );
          return rows[0].count;
        })
        .toBe(10);
      await holder.query('COMMIT');
      const answered = new Set(await Promise.all(asked));
      expect(answered.size).toBe(1);
      expect(ids).toContain([...answered][0]);
    } finally {
      holder.release();
    }
  });

  it('frees a name for its holder only', async () => {
    const [mine, yours] = [newId(), newId()];
    await names.reserve('thread-slug', 'freed', mine);
    expect(await names.release('thread-slug', 'freed', yours)).toBe(false);
    expect(await names.release('thread-slug', 'freed', mine)).toBe(true);
    expect(await names.reserve('thread-slug', 'freed', yours)).toBe(yours);
  });
});
