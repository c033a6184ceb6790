import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../test/setup/test-database.js';
import type { RawEvent } from './event-store.js';
import { copyLedger, LedgersDiffer } from './ledger-copy.js';
import { PostgresCopyTarget, PostgresEventStore } from './postgres/index.js';
import { all } from './testing/ledger-events.js';
import { SeededEvents } from './testing/seeded-events.js';

describe('a ledger copied into another database', () => {
  const make = new SeededEvents(0xc9);
  let from: { database: TestDatabase; store: PostgresEventStore };
  let to: { database: TestDatabase; store: PostgresEventStore };
  const open = async () => {
    const database = await createTestDatabase();
    const pool = (pipeline = false) =>
      openPool({ url: database.url, role: 'app', max: 2, pipeline, applicationName: 'copy' });
    return { database, store: new PostgresEventStore({ appendPool: pool(true), readPool: pool() }) };
  };
  const target = () => new PostgresCopyTarget(to.store, to.database.ownerPool);
  const rowsOf = async ({ database }: { database: TestDatabase }) =>
    (await database.ownerPool.query('SELECT to_json(e)::text AS row FROM ledger.events e ORDER BY position')).rows;
  beforeEach(async () => {
    [from, to] = await Promise.all([open(), open()]);
    const streams = Array.from({ length: 7 }, () => make.threadStream());
    for (let n = 0; n < 200; n++) {
      await from.store.append(streams[n % 7] ?? '', 'any', make.newEvents(1 + (n % 9)));
    }
  });
  afterEach(async () => {
    await Promise.all([from, to].flatMap(({ database, store }) => store.close().then(() => database.drop())));
  });

  it('is the same, row by row, and what is recorded later follows it', async () => {
    const events = await all(from.store.readAll());
    const outcome = await copyLedger(from.store, target());
    expect(outcome).toMatchObject({ copied: events.length, events: events.length, streams: 7 });
    expect(outcome.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await rowsOf(to)).toEqual(await rowsOf(from));
    const next = await to.store.append(make.threadStream(), 'none', make.newEvents(1));
    expect(next.position).toBe(BigInt(events.length));
  });

  it('is gone on with after it was cut off, with what has come meanwhile', async () => {
    const whole = target();
    let writes = 0;
    const cutOff = Object.assign(Object.create(whole), {
      store: to.store,
      write: async (events: readonly RawEvent[]) => {
        if (++writes === 2) throw new Error('cut off');
        await whole.write(events);
      },
    }) as PostgresCopyTarget;
    await expect(copyLedger(from.store, cutOff)).rejects.toThrow('cut off');
    await from.store.append(make.threadStream(), 'none', make.newEvents(3));
    const phases = new Set<string>();
    const { copied, events } = await copyLedger(from.store, target(), ({ phase }) => phases.add(phase));
    expect(copied).toBe(events - 500);
    expect([...phases]).toEqual(['compare', 'copy', 'verify']);
    expect((await copyLedger(from.store, target())).copied).toBe(0);
    expect(await rowsOf(to)).toEqual(await rowsOf(from));
  });

  it('writes a batch once whose answer was lost', async () => {
    const [batch = []] = await all(from.store.readRaw({ batchSize: 50 }));
    await target().write(batch);
    await target().write(batch);
    expect(await rowsOf(to)).toHaveLength(50);
  });

  it('is refused where something else is, naming the first difference and no text of it', async () => {
    await to.store.append(make.threadStream(), 'none', [make.newEvent(make.threadClosed('confidential'))]);
    const error = await copyLedger(from.store, target()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LedgersDiffer);
    expect(String(error)).toMatch(/Event 1 is ClaimReported .* in the source and ThreadClosed .* in the target/);
    expect(String(error)).not.toContain('confidential');
    expect(await rowsOf(to)).toHaveLength(1);
  });

  it('is refused where more is than the source has', async () => {
    await copyLedger(from.store, target());
    await to.store.append(make.threadStream(), 'none', make.newEvents(1));
    await expect(copyLedger(from.store, target())).rejects.toThrow(/which the source has not/);
  });

  it('is not for the application to make: it may not set the time of an event', async () => {
    const [batch = []] = await all(from.store.readRaw({ batchSize: 1 }));
    const asApplication = new PostgresCopyTarget(to.store, to.database.appPool);
    await expect(asApplication.write(batch)).rejects.toMatchObject({ code: '42501' });
  });
});
