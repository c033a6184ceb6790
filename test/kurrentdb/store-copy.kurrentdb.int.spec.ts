import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyLedger } from '#event-store';
import { KurrentDbCopyTarget, KurrentDbEventStore } from '#event-store/kurrentdb';
import { PostgresCopyTarget } from '#event-store/postgres';
import { PROJECTIONS, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { run } from '../processes/storyledger-process.js';
import { describeWithKurrentDb, openTestLog, type TestLog } from '../setup/kurrentdb.js';
import { createTestDatabase, type TestDatabase } from '../setup/test-database.js';
import { commandContext } from '../tell-story.js';

/** A busy newsroom moves from PostgreSQL to KurrentDB and back. */
describeWithKurrentDb('a ledger copied into a real KurrentDB and back', { startsServers: true }, () => {
  let log: TestLog;
  let before: Newsroom;
  let back: TestDatabase;
  const ledgerOf = async ({ ownerPool }: TestDatabase) =>
    (await ownerPool.query('SELECT to_json(e)::text AS row FROM ledger.events e ORDER BY position')).rows;
  beforeAll(async () => {
    [log, before, back] = await Promise.all([openTestLog(), openNewsroom(), createTestDatabase()]);
    before.startProjector();
    for (const suffix of ['-0', '-1', '-2', '-3']) await tellAndAmend(before, suffix);
    await mergeAndPart(before);
    await before.settled();
    await before.proof.projector().catchUp();
  });
  afterAll(async () => {
    await before.close();
    await back.drop();
    await log.dispose();
  });

  it('is the same there, and again at home, row by row', async () => {
    const there = await run(['store', 'copy', '--from', before.database.url, '--to', log.url], {});
    expect(there).toMatchObject({ code: 0, output: expect.stringMatching(/Both hold the same \d+ events/) });
    const again = await run(['store', 'copy', '--from', before.database.url, '--to', log.url], {});
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('Nothing was left to copy.') });
    const home = await run(['store', 'copy', '--from', log.url, '--to', back.url], {});
    expect(home).toMatchObject({ code: 0, output: expect.stringMatching(/names of the log are reserved/) });
    expect(await ledgerOf(back)).toEqual(await ledgerOf(before.database));
    const digests = [there, again, home].map(({ output }) => /SHA-256 (\w{64})/.exec(output)?.[1]);
    expect(new Set(digests).size).toBe(1);
  }, 240_000);

  it('has its names at home too, whoever reserved them', async () => {
    const names = 'SELECT kind, name, id FROM operations.name_reservations ORDER BY 1, 2';
    const { rows } = await before.database.ownerPool.query(names);
    expect((await back.ownerPool.query(names)).rows).toEqual(rows);
  });

  it('is not gone on with by read models that know its old positions, until they are rebuilt', async () => {
    const shown = new Map<string, readonly string[]>();
    for (const projection of PROJECTIONS) shown.set(projection.name, await rowsOf(before, projection));
    const store = new KurrentDbEventStore({ url: log.url });
    // The same database, which `before` drops at the end.
    const moved = await openNewsroom({ database: { ...before.database, drop: async () => undefined }, store });
    moved.startProjector();
    await expect
      .poll(async () => (await moved.queries.projections()).map(({ error }) => error), { timeout: 30_000 })
      .toEqual(PROJECTIONS.map(() => expect.stringContaining('computed from another log')));
    for (const projection of PROJECTIONS) {
      await rebuild({ store, ownerPool: before.database.ownerPool, projection });
      const rows = await rowsOf(moved, projection);
      // Positions are those of the other store; everything else is what it was.
      const bare = (row: string) => row.replace(/"(\w*position)":\d+/g, '"$1":0');
      expect(rows.map(bare).toSorted()).toEqual(shown.get(projection.name)?.map(bare).toSorted());
    }
    await moved.settled();
    expect((await moved.queries.projections()).map(({ error }) => error)).toEqual(PROJECTIONS.map(() => null));
    // The Merkle tree goes on from the same event: it knows no positions in its hashes.
    expect(await moved.proof.projector().catchUp()).toBe(0);
    await moved.threads.revise('kim-putin-visit-2', { language: 'fr' }, commandContext());
    expect(await moved.proof.projector().catchUp()).toBe(1);
    await moved.close();
  }, 240_000);

  it('is refused where another ledger is', async () => {
    const other = await openNewsroom();
    await tellAndAmend(other, '-other');
    const store = new KurrentDbEventStore({ url: log.url });
    const target = new KurrentDbCopyTarget(store, log.url);
    await expect(copyLedger(other.store, target)).rejects.toThrow(/Event 1 is .* in the source and .* in the target/);
    await expect(copyLedger(store, new PostgresCopyTarget(other.store, other.database.ownerPool))).rejects.toThrow(
      /Event 1/,
    );
    await target.close();
    await store.close();
    await other.close();
  }, 240_000);
});
