import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import type { EventCodec } from '../codec.js';
import { BEFORE_FIRST } from '../event-store.js';
import { appendByHand } from '../testing/append-by-hand.js';
import { eventStoreContract } from '../testing/event-store-contract.js';
import { all, closed, reasons, threadStream } from '../testing/ledger-events.js';
import { PostgresEventStore } from './postgres-event-store.js';

function openStore(url: string, codec?: EventCodec): PostgresEventStore {
  const pool = (max: number, pipeline = false) =>
    openPool({ url, role: 'app', max, pipeline, applicationName: 'test store' });
  return new PostgresEventStore({ appendPool: pool(1, true), readPool: pool(4), ...(codec && { codec }) });
}

eventStoreContract('PostgreSQL', async () => {
  const database = await createTestDatabase();
  const opened: PostgresEventStore[] = [];
  const open = (codec?: EventCodec) => {
    const store = openStore(database.url, codec);
    opened.push(store);
    return store;
  };
  return {
    store: open(),
    other: open(),
    openStore: open,
    async dispose() {
      await Promise.all(opened.map((store) => store.close()));
      await database.drop();
    },
  };
});

describe('the log in PostgreSQL', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  beforeAll(async () => {
    database = await createTestDatabase();
    store = openStore(database.url);
    await store.append(threadStream(1), 'none', [closed(1)]);
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  describe.each([
    ['the application', () => database.appPool],
    ['the owner', () => database.ownerPool],
  ])('refuses to %s', (_, pool) => {
    it.each([
      ['change an event', "UPDATE ledger.events SET actor_name = 'x'"],
      ['delete one', 'DELETE FROM ledger.events'],
      ['truncate the log', 'TRUNCATE ledger.events'],
    ])('to %s', async (__, statement) => {
      await expect(pool().query(statement)).rejects.toMatchObject({ code: '42501' });
      expect(await all(store.readStream(threadStream(1)))).toHaveLength(1);
    });
  });

  it('gives the application SELECT and INSERT on events, and nothing more', async () => {
    const { rows } = await database.ownerPool.query(
      `SELECT privilege_type AS privilege FROM information_schema.role_table_grants
       WHERE grantee = 'storyledger_app' AND table_schema = 'ledger' ORDER BY 1`,
    );
    expect(rows).toEqual([{ privilege: 'INSERT' }, { privilege: 'SELECT' }]);
  });

  /** Appends by hand in a transaction that stays open, as a stalled process would. */
  async function holdAppend(client: pg.PoolClient, number: number): Promise<void> {
    await client.query('BEGIN');
    await appendByHand(client, { stream: threadStream(number), expected: -1n, events: [closed(number, 'held')] });
  }

  it('lets no reader pass an append that is not committed yet', async () => {
    const start = await store.head();
    const client = await database.appPool.connect();
    await holdAppend(client, 101);
    const later = store.append(threadStream(102), 'none', [closed(102, 'later')]);
    const done = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of store.subscribe({ after: start, signal: done.signal })) {
        seen.push(...reasons(batch.events));
        if (seen.length === 2) done.abort();
      }
    })();
    await waitForLockWaiter(database.ownerPool);
    expect(seen).toEqual([]);
    await client.query('COMMIT');
    client.release();
    await Promise.all([later, reading]);
    expect(seen).toEqual(['held', 'later']);
  });

  it('leaves no gap when the process that holds an append crashes', async () => {
    const before = await store.head();
    const client = await database.appPool.connect();
    client.on('error', () => undefined);
    await holdAppend(client, 201);
    const later = store.append(threadStream(202), 'none', [closed(202)]);
    await waitForLockWaiter(database.ownerPool);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.ownerPool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    expect((await later).position).toBe(before + 1n);
    client.release(true);
    expect(await all(store.readStream(threadStream(201)))).toEqual([]);
  });

  it('retries a batch whose connection is cut, and adds nothing twice', async () => {
    const blocker = await database.appPool.connect();
    await holdAppend(blocker, 301);
    const cut = store.append(threadStream(302), 'none', [closed(302), closed(303)]);
    const pid = await waitForLockWaiter(database.ownerPool);
    await database.ownerPool.query('SELECT pg_terminate_backend($1)', [pid]);
    await blocker.query('COMMIT');
    blocker.release();
    await expect(cut).resolves.toMatchObject({ revision: 1n });
    expect(await all(store.readStream(threadStream(302)))).toHaveLength(2);
  });

  it('shows every event once and in order to a subscriber while 8 writers on connections of their own append', async () => {
    const start = await store.head();
    const writers = Array.from({ length: 8 }, () => openStore(database.url));
    const total = 8 * 100;
    const done = new AbortController();
    const seen: bigint[] = [];
    const reading = (async () => {
      for await (const { events } of store.subscribe({ after: start, signal: done.signal })) {
        seen.push(...events.map(({ position }) => position));
        if (seen.length >= total) done.abort();
      }
    })();
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let n = 0; n < 100; n += 4) {
          await Promise.all(
            [0, 1, 2, 3].map((k) =>
              writer.append(threadStream(10_000 + w), 'any', [closed(100_000 + w * 100 + n + k)]),
            ),
          );
        }
      }),
    );
    await reading;
    expect(seen).toEqual(Array.from({ length: total }, (_, n) => start + BigInt(n) + 1n));
    await Promise.all(writers.map((writer) => writer.close()));
  });

  it('never lets the time of recording go back along the log', async () => {
    const times = (await all(store.readAll({ after: BEFORE_FIRST }))).map(({ recordedAt }) => recordedAt);
    expect(times).toEqual(times.toSorted());
  });
});

/** The server process of an append that waits for the lock; the race is there once one does. */
async function waitForLockWaiter(pool: pg.Pool): Promise<number> {
  for (;;) {
    const { rows } = await pool.query<{ pid: number }>(
      `SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
       WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
    );
    if (rows[0] !== undefined) return rows[0].pid;
    await delay(5);
  }
}
