import { copyFile, cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StoredEvent } from '#event-store';
import { KurrentDbEventStore } from '#event-store/kurrentdb';
import { all } from '#event-store/testing';
import { PROJECTIONS, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { describeWithKurrentDb } from '../setup/kurrentdb.js';
import { KurrentDbServer } from '../setup/kurrentdb-server.js';
import { createTestDatabase, type TestDatabase } from '../setup/test-database.js';

/*
 * What docs/operations.md tells of KurrentDB: a copy of the files of the running server, in the order that its makers
 * give, put in the place of another server's. PostgreSQL is not restored: its read models know of more than the log.
 */
describeWithKurrentDb('a file backup of KurrentDB that is restored', { startsServers: true }, () => {
  let folder: string;
  let server: KurrentDbServer;
  let database: TestDatabase;
  let restored: Newsroom;
  let before: { readonly events: readonly StoredEvent[]; readonly rows: ReadonlyMap<string, readonly string[]> };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storyledger-kurrentdb-backup-'));
    database = await createTestDatabase();
    server = await KurrentDbServer.start();
    before = await workAndBackUp();
    await server.stop();

    server = await KurrentDbServer.create();
    await putBack(join(folder, 'backup'), join(server.folder, 'db'));
    // The first start cuts the log where the backup ends, and is over by that.
    server.launch();
    await server.ended();
    await server.restart();
    restored = await openNewsroom({ database, store: new KurrentDbEventStore({ url: server.url }) });
  }, 300_000);
  afterAll(async () => {
    await restored?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has the log as it was, event by event', async () => {
    expect(before.events.length).toBeGreaterThan(100);
    expect(await all(restored.store.readAll())).toEqual(before.events);
  });

  it('makes the read models, which are ahead of it, wait for a rebuild', async () => {
    restored.startProjector();
    await expect.poll(() => restored.errors.length).toBeGreaterThanOrEqual(PROJECTIONS.length);
    expect(String(restored.errors[0])).toContain('Run: storyledger projections rebuild');
  });

  it.each(PROJECTIONS)('gives by a rebuild what was shown before: $name', async (projection) => {
    await rebuild({ store: restored.store, ownerPool: database.ownerPool, projection });
    expect(await rowsOf(restored, projection)).toEqual(before.rows.get(projection.name));
  });

  it('goes on', async () => {
    const head = await restored.store.head();
    await tellAndAmend(restored, '-after');
    await restored.settled();
    const { items } = await restored.queries.board({}, { limit: 1, cursor: null });
    expect(items[0]?.slug).toBe('kim-putin-visit-after');
    const fresh = await all(restored.store.readAll({ after: head }));
    expect(fresh.length).toBeGreaterThan(10);
    expect(await all(restored.store.readAll())).toEqual([...before.events, ...fresh]);
  });

  async function workAndBackUp(): Promise<typeof before> {
    const kept = { ...database, drop: async () => undefined };
    const newsroom = await openNewsroom({ database: kept, store: new KurrentDbEventStore({ url: server.url }) });
    newsroom.startProjector(11);
    for (let n = 0; n < 4; n++) await tellAndAmend(newsroom, `-${n}`);
    await mergeAndPart(newsroom);
    await newsroom.settled();
    const rows = new Map<string, readonly string[]>();
    for (const projection of PROJECTIONS) rows.set(projection.name, await rowsOf(newsroom, projection));
    const events = await all(newsroom.store.readAll());

    await copyWhileRunning(join(server.folder, 'db'), join(folder, 'backup'));
    // Of this the backup knows nothing, and the read models do.
    await tellAndAmend(newsroom, '-lost');
    await newsroom.settled();
    await newsroom.close();
    return { events, rows };
  }
});

const isCheckpoint = (path: string) => path.endsWith('.chk');

/** First the index and then the log, of each the checkpoints first: so none points past what is copied after it. */
async function copyWhileRunning(from: string, to: string): Promise<void> {
  const index = { from: join(from, 'index'), to: join(to, 'index') };
  const files = await readdir(index.from, { recursive: true, withFileTypes: true });
  const indexFiles = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const logFiles = (await readdir(from, { withFileTypes: true }))
    .filter((file) => file.isFile() && /\.chk$|^chunk-/.test(file.name))
    .map((file) => join(from, file.name));
  for (const list of [indexFiles, logFiles]) {
    const checkpointsFirst = [...list.filter(isCheckpoint), ...list.filter((path) => !isCheckpoint(path))];
    for (const path of checkpointsFirst) await cp(path, path.replace(from, to));
  }
}

async function putBack(backup: string, place: string): Promise<void> {
  await cp(backup, place, { recursive: true });
  // Whatever was written after this is cut off at the start.
  await copyFile(join(place, 'chaser.chk'), join(place, 'truncate.chk'));
}
