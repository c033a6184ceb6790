import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { appendByHand, appendOneByHand } from '../testing/append-by-hand.js';
import { SeededEvents } from '../testing/seeded-events.js';

/* What the database itself guarantees, whoever calls it. */
describe('ledger.append_events', () => {
  const make = new SeededEvents(0x55);
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const append = (client: Pool | PoolClient, stream: string, expected: bigint | null) =>
    appendByHand(client, { stream, expected, events: [make.newEvent()] });

  /** In a transaction that is rolled back. */
  async function inTransaction<T>(begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await database.appPool.connect();
    try {
      await client.query(begin);
      return await work(client);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  it.each(['REPEATABLE READ', 'SERIALIZABLE'])(
    'refuses the isolation %s, whose snapshot may be older than the lock',
    (level) =>
      inTransaction(`BEGIN ISOLATION LEVEL ${level}`, async (client) => {
        await expect(append(client, 'thread-1', null)).rejects.toMatchObject({
          code: '25000',
        });
      }),
  );

  it('commits durably in a session that would not', () =>
    inTransaction('BEGIN; SET LOCAL synchronous_commit = off', async (client) => {
      await append(client, 'thread-1', null);
      const { rows } = await client.query('SHOW synchronous_commit');
      expect(rows).toEqual([{ synchronous_commit: 'on' }]);
    }));

  it('leaves the settings of its caller as they were', () =>
    inTransaction('BEGIN', async (client) => {
      const settings = `SELECT name, setting FROM pg_settings WHERE name IN ('enable_seqscan', 'jit', 'plan_cache_mode', 'lock_timeout')`;
      const before = (await client.query(settings)).rows;
      await append(client, 'thread-1', null);
      expect((await client.query(settings)).rows).toEqual(before);
    }));

  it('gives up its place in the queue of the lock after 5 seconds', () =>
    inTransaction('BEGIN', async (holder) => {
      await append(holder, 'thread-1', null);
      const waiting = append(database.appPool, 'thread-2', null);
      await expect(waiting).rejects.toMatchObject({ code: '55P03' });
    }));

  it('lets readers read while an append holds the lock', () =>
    inTransaction('BEGIN', async (holder) => {
      await append(holder, 'thread-1', null);
      const { rows } = await database.appPool.query('SELECT count(*)::int AS count FROM ledger.events');
      expect(rows).toEqual([{ count: 0 }]);
    }));

  it.each(['REPEATABLE READ', 'SERIALIZABLE'])('refuses the isolation %s of a single event too', (level) =>
    inTransaction(`BEGIN ISOLATION LEVEL ${level}`, async (client) => {
      await expect(appendOneByHand(client, 'thread-1', make.newEvent())).rejects.toMatchObject({ code: '25000' });
    }),
  );

  it('commits a single event durably too, and answers for it as for many', () =>
    inTransaction('BEGIN; SET LOCAL synchronous_commit = off', async (client) => {
      const event = make.newEvent();
      const first = await appendOneByHand(client, 'thread-1', event);
      expect(first).toMatchObject({ heads: ['-1'], judged: null });
      expect((await client.query('SHOW synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }]);
      expect(await appendOneByHand(client, 'thread-1', event)).toMatchObject({
        judged: [{ accepted: false, known: 1, knownHere: 1, position: `${BigInt(first.base) + 1n}`, revision: '0' }],
      });
    }));

  it('judges each append by itself once one of them is not as expected', () =>
    inTransaction('BEGIN', async (client) => {
      const first = { stream: 'thread-1', expected: -1n, events: [make.newEvent(), make.newEvent()] };
      const fresh = (stream: string, expected: bigint | null) => ({ stream, expected, events: [make.newEvent()] });
      expect(await appendByHand(client, first, fresh('thread-2', null))).toMatchObject({
        base: '-1',
        heads: ['-1', '-1'],
        judged: null,
      });
      const stolen = { ...first, stream: 'thread-3', events: first.events.slice(1) };
      const answer = await appendByHand(client, first, fresh('thread-2', 7n), fresh('thread-4', -1n), stolen);
      expect(answer).toMatchObject({
        base: '2',
        judged: [
          { accepted: false, known: 2, knownHere: 2, position: '1', revision: '1' },
          { accepted: false, known: 0, head: '0', position: null, revision: null },
          { accepted: true, known: 0, position: '3', revision: '0' },
          { accepted: false, known: 1, knownHere: 0 },
        ],
      });
      const { rows } = await client.query('SELECT position, stream FROM ledger.events ORDER BY position DESC LIMIT 2');
      expect(rows).toEqual([
        { position: '3', stream: 'thread-4' },
        { position: '2', stream: 'thread-2' },
      ]);
    }));

  it('looks ids and streams up by index, however large the log was when its plan was made', async () => {
    const pool = database.ownerPool;
    await append(pool, 'thread-1', null);
    await pool.query(`
      INSERT INTO ledger.events SELECT g, 'thread-bulk', g, gen_random_uuid(), 'ThreadClosed', 1, '{"reason":"x"}', 'a', 'a', 'c', NULL, NULL, now()
      FROM generate_series(1, 50000) g`);
    const scans = `SELECT pg_stat_force_next_flush(), coalesce(sum(seq_scan), 0)::int AS scans FROM pg_stat_user_tables WHERE relid = 'ledger.events'::regclass`;
    const count = async (client: PoolClient) => (await client.query<{ scans: number }>(scans)).rows[0]?.scans;
    const client = await pool.connect();
    try {
      await count(client);
      const before = await count(client);
      for (let n = 0; n < 10; n++) await append(client, `thread-new-${n}`, -1n);
      expect(await count(client)).toBe(before);
    } finally {
      client.release();
    }
  });
});

describe('ledger.events', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it.each([
    'UPDATE ledger.events SET revision = 1 WHERE false',
    'DELETE FROM ledger.events WHERE false',
    'TRUNCATE ledger.events',
    "INSERT INTO ledger.events SELECT * FROM ledger.events ON CONFLICT (id) DO UPDATE SET type = 'x'",
  ])('refuses its owner even when no row is concerned: %s', async (statement) => {
    await expect(database.ownerPool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('refuses a session that replicates, which skips usual triggers', async () => {
    const client = await database.ownerPool.connect();
    try {
      await client.query('SET session_replication_role = replica');
      await expect(client.query('DELETE FROM ledger.events')).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release(true);
    }
  });
});
