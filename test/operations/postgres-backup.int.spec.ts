import { execFile } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEvent } from '#event-store';
import { all } from '#event-store/testing';
import { EmbeddedPostgres, migrate } from '#platform';
import { PROJECTIONS, rebuild } from '#read-models';
import { allMigrations } from '../../apps/cli/migrations.js';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { connectTestDatabase } from '../setup/test-database.js';
import { commandContext } from '../tell-story.js';

const execute = promisify(execFile);
const DATABASE = 'newsroom';

/*
 * What docs/operations.md tells of PostgreSQL: a base backup taken while the newsroom works, the log that the server
 * archives, and a restore of both on another server. It goes by the functions that pg_basebackup stands on, because the
 * embedded server comes without that program.
 */
describe('a PostgreSQL backup that was taken while the newsroom worked', () => {
  const last = { command: commandContext(), thread: 'kim-putin-visit-2' };
  let folder: string;
  let first: EmbeddedPostgres;
  let second: EmbeddedPostgres;
  let before: Remembered;
  let restored: Newsroom;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storyledger-backup-'));
    // The server may run under an account of its own.
    await chmod(folder, 0o755);
    await Promise.all(['archive', 'backup'].map((name) => mkdir(join(folder, name), { mode: 0o777 })));
    await chmod(join(folder, 'archive'), 0o777);
    const archive = join(folder, 'archive');
    first = await EmbeddedPostgres.start({
      home: join(folder, 'first'),
      database: DATABASE,
      settings: { archive_mode: 'on', archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f` },
    });
    await migrate(first.url, allMigrations);
    before = await workAndBackUp();
    await first.stop();
    second = await restore();
    restored = await openNewsroom({ database: connectTestDatabase(second.url) });
  }, 180_000);
  afterAll(async () => {
    await restored?.close();
    await second?.stop();
    await first?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('holds every event that had been acknowledged, with all that belongs to it', async () => {
    expect(before.duringBackup).toBeGreaterThan(0);
    expect(await all(restored.store.readAll())).toEqual(before.events);
  });

  it.each(PROJECTIONS)('shows what was shown before, and what the log says: $name', async (projection) => {
    expect(before.rows.get(projection.name)?.length).toBeGreaterThan(5);
    expect(await rowsOf(restored, projection)).toEqual(before.rows.get(projection.name));
    await rebuild({ store: restored.store, ownerPool: restored.database.ownerPool, projection });
    expect(await rowsOf(restored, projection)).toEqual(before.rows.get(projection.name));
  });

  it('records nothing twice that is sent again, and goes on at the next position', async () => {
    const head = await restored.store.head();
    expect(await sendLast(restored)).toMatchObject({ changed: false, revision: before.last.revision });
    expect(await restored.store.head()).toBe(head);

    const receipt = await restored.threads.rewordClaim(
      last.thread,
      'arms',
      { statement: 'Arms for satellites', reason: 'after the restore' },
      commandContext(),
    );
    expect(receipt.position).toBe(head + 1n);
    expect(receipt.revision).toBe(before.last.revision + 1n);
    restored.startProjector();
    await restored.settled();
    const claims = await restored.queries.claims(receipt.threadId);
    expect(claims.find(({ key }) => key === 'arms')?.statement).toBe('Arms for satellites');
    expect(restored.errors).toEqual([]);
  });

  it('still refuses changes to the log', async () => {
    const change = restored.database.ownerPool.query('DELETE FROM ledger.events');
    await expect(change).rejects.toThrow(/append-only/);
  });

  async function workAndBackUp() {
    const newsroom = await openNewsroom({ database: connectTestDatabase(first.url) });
    try {
      newsroom.startProjector(11);
      for (let n = 0; n < 4; n++) await tellAndAmend(newsroom, `-${n}`);
      await mergeAndPart(newsroom);
      let copied = false;
      const start = await newsroom.store.head();
      const working = (async () => {
        // At least one story is told while the files are being copied, however fast that goes.
        for (let n = 4; n === 4 || !copied; n++) await tellAndAmend(newsroom, `-${n}`);
      })();
      await copyWhileRunning(newsroom);
      copied = true;
      await working;
      const receipt = await sendLast(newsroom);
      await newsroom.settled();
      await archiveTheRest(newsroom);
      return await remember(newsroom, receipt, Number((await newsroom.store.head()) - start));
    } finally {
      await newsroom.close();
    }
  }

  /** The last command before the disaster. */
  function sendLast({ threads }: Newsroom) {
    const words = { statement: 'Arms for missiles', reason: 'shorter' };
    return threads.rewordClaim(last.thread, 'arms', words, last.command);
  }

  /** One session starts and stops the backup, as the server demands. */
  async function copyWhileRunning({ database }: Newsroom): Promise<void> {
    const backup = join(folder, 'backup');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query("SELECT pg_backup_start('nightly', fast => true)");
      await execute('cp', ['-a', `${await dataFolder(client)}/.`, backup]);
      const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop()');
      await writeFile(join(backup, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o644 });
    } finally {
      await client.end();
    }
    // Of the running server alone; the archive has the log.
    await rm(join(backup, 'postmaster.pid'));
    for (const name of await readdir(join(backup, 'pg_wal'))) {
      await rm(join(backup, 'pg_wal', name), { recursive: true });
    }
  }

  /** The server archives a file of its log when it is full; this fills it up. */
  async function archiveTheRest({ database }: Newsroom): Promise<void> {
    const { rows } = await database.ownerPool.query<{ file: string }>(
      'SELECT pg_walfile_name(pg_current_wal_lsn()) AS file, pg_switch_wal()',
    );
    for (let tries = 0; ; tries++) {
      const { rows: found } = await database.ownerPool.query<{ archived: boolean }>(
        'SELECT last_archived_wal >= $1 AS archived FROM pg_stat_archiver',
        [rows[0]?.file],
      );
      if (found[0]?.archived === true) return;
      if (tries > 600) throw new Error('The server does not archive its log.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function restore(): Promise<EmbeddedPostgres> {
    const home = join(folder, 'second');
    // A start that makes the folder, in the place and with the owner that this server wants.
    const empty = await EmbeddedPostgres.start({ home, database: DATABASE });
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    const place = await dataFolder(client);
    await client.end();
    await empty.stop();

    for (const name of await readdir(place)) await rm(join(place, name), { recursive: true });
    await execute('cp', ['-a', `${join(folder, 'backup')}/.`, place]);
    await writeFile(join(place, 'recovery.signal'), '');
    // What was not copied but written belongs to us; the server must own all of it.
    const { uid, gid } = await stat(place);
    for (const name of ['recovery.signal', 'backup_label']) await chown(join(place, name), uid, gid);
    await copyFile(join(folder, 'first', 'postgres.password'), join(home, 'postgres.password'));
    const server = await EmbeddedPostgres.start({
      home,
      database: DATABASE,
      settings: { restore_command: `cp ${join(folder, 'archive')}/%f %p` },
    });
    await untilRecovered(server.url);
    return server;
  }
});

interface Remembered {
  readonly events: readonly StoredEvent[];
  readonly rows: ReadonlyMap<string, readonly string[]>;
  readonly last: Awaited<ReturnType<Newsroom['threads']['rewordClaim']>>;
  readonly duringBackup: number;
}

async function remember(newsroom: Newsroom, last: Remembered['last'], duringBackup: number): Promise<Remembered> {
  const rows = new Map<string, readonly string[]>();
  for (const projection of PROJECTIONS) rows.set(projection.name, await rowsOf(newsroom, projection));
  return { events: await all(newsroom.store.readAll()), rows, last, duringBackup };
}

async function dataFolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  return rows[0]?.data_directory ?? '';
}

/** It answers queries before it has read the whole archive. */
async function untilRecovered(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ recovering: boolean }>('SELECT pg_is_in_recovery() AS recovering');
    await client.end();
    if (rows[0]?.recovering === false) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The server does not end its recovery.');
}
