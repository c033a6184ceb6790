import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import { EventCodec } from '../codec.js';
import { WrongExpectedRevision } from '../errors.js';
import { eventRow } from '../event-row.js';
import { idsOf } from '../testing/contract-log.js';
import { all } from '../testing/ledger-events.js';
import { SeededEvents } from '../testing/seeded-events.js';
import { PLAN_FOR_GROWTH, shortStatement } from './append-statement.js';
import { PostgresEventStore } from './postgres-event-store.js';

const LOCK = 5990713261117n;
const GATE = 4711n;

describe('an append of one event by a plain insert', () => {
  const make = new SeededEvents(0x1e);
  let database: TestDatabase;
  let store: PostgresEventStore;
  const open = () => {
    const pool = (pipeline: boolean) =>
      openPool({ url: database.url, role: 'app', max: 2, pipeline, applicationName: 'insert one' });
    return new PostgresEventStore({ appendPool: pool(true), readPool: pool(false) });
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    store = open();
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  /** Whoever waits for this lock: they are let go once `waiting` is called, and one of them is seen to wait. */
  async function held(lock: bigint): Promise<{ waitedFor(): Promise<void>; letGo(): Promise<void> }> {
    const client = await database.ownerPool.connect();
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    return {
      async waitedFor() {
        await expect.poll(async () => (await client.query(waiting)).rowCount, { timeout: 5_000 }).toBe(1);
      },
      async letGo() {
        await client.query('SELECT pg_advisory_unlock($1)', [lock]);
        client.release();
      },
    };
  }

  it('waits for its turn while another process has the lock', async () => {
    const stream = make.threadStream();
    const lock = await held(LOCK);
    const appended = store.append(stream, 'none', make.newEvents(1));
    await lock.waitedFor();
    await lock.letGo();
    await expect(appended).resolves.toMatchObject({ revision: 0n, deduplicated: false, position: await store.head() });
  });

  it('is not overtaken by the events that follow it', async () => {
    const stream = make.threadStream();
    const [first, ...others] = make.newEvents(3);
    if (first === undefined) throw new Error('Three events were asked for.');
    const lock = await held(LOCK);
    const appended = Promise.all([
      store.append(stream, 'none', [first]),
      store.append(stream, 0n, others, { follows: first.id }),
    ]);
    await lock.waitedFor();
    await lock.letGo();
    expect((await appended).map(({ revision }) => revision)).toEqual([0n, 2n]);
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf([first, ...others]));
  });

  it('finds itself when it is sent again, and is refused where its stream is not as expected', async () => {
    const stream = make.threadStream();
    const events = make.newEvents(1);
    const first = await store.append(stream, 'none', events);
    expect(await store.append(stream, 'none', events)).toEqual({ ...first, deduplicated: true });
    expect(await store.append(stream, 'any', events)).toEqual({ ...first, deduplicated: true });
    await expect(store.append(stream, 'none', make.newEvents(1))).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(
      store.append(stream, 'any', make.newEvents(1), { follows: make.newEvent().id }),
    ).rejects.toBeInstanceOf(WrongExpectedRevision);
    expect(await all(store.readStream(stream))).toHaveLength(1);
  });

  const byHand = () => {
    const events = make.newEvents(1).map((event) => eventRow(new EventCodec(), event));
    return shortStatement([{ stream: make.threadStream(), expected: 'any', follows: null, events, bytes: 0 }]) ?? '';
  };

  it('commits durably in a session that would not', async () => {
    const client = await database.appPool.connect();
    try {
      await client.query('BEGIN; SET LOCAL synchronous_commit = off');
      expect((await client.query(byHand())).rows).toMatchObject([{ heads: '{-1}', judged: null }]);
      expect((await client.query('SHOW synchronous_commit')).rows).toEqual([{ synchronous_commit: 'on' }]);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });

  it('looks streams up by index, however large the log was when its plan was made', async () => {
    const client = await database.ownerPool.connect();
    const scans = async () => {
      const { rows } = await client.query(
        `SELECT pg_stat_force_next_flush(), seq_scan::int AS scans FROM pg_stat_user_tables WHERE relid = 'ledger.events'::regclass`,
      );
      return rows[0]?.scans;
    };
    try {
      await client.query('ANALYZE ledger.events');
      await client.query(PLAN_FOR_GROWTH);
      await client.query(byHand());
      await scans();
      const before = await scans();
      for (let n = 0; n < 10; n++) await client.query(byHand());
      await scans();
      expect(await scans()).toBe(before);
    } finally {
      client.release(true);
    }
  });

  it('comes after what was committed between its snapshot and its lock', async () => {
    // Stands before the lock of the same name, and waits at a gate.
    await database.ownerPool.query(`
      CREATE SCHEMA gated;
      GRANT USAGE ON SCHEMA gated TO storyledger_app;
      CREATE FUNCTION gated.pg_try_advisory_xact_lock(key bigint) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(${GATE});
        RETURN pg_catalog.pg_try_advisory_xact_lock(key);
      END $$;
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = gated, pg_catalog', current_database());
      END $$`);
    const gated = open();
    const stream = make.threadStream();
    const [early, late] = [make.newEvents(2), make.newEvents(1)];
    const gate = await held(GATE);
    const appended = gated.append(stream, 'any', late);
    await gate.waitedFor();
    await store.append(stream, 'none', early);
    await gate.letGo();
    await expect(appended).resolves.toMatchObject({ revision: 2n, deduplicated: false });
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf([...early, ...late]));
    await gated.close();
  });
});
