import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireHome } from './data-folder.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { StartupError } from './startup-error.js';

const SETTINGS = { fsync: 'off', full_page_writes: 'off' };

describe('an embedded PostgreSQL whose data folder is not as it should be', () => {
  let home: string;
  let data: string;
  const start = () => EmbeddedPostgres.start({ home, database: 'kept', settings: SETTINGS });
  const query = async (server: EmbeddedPostgres, text: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    return client.query(text).finally(() => client.end());
  };
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'storyledger-integrity-'));
    await chmod(home, 0o755);
    const server = await start();
    const { rows } = await query(server, 'SHOW data_directory');
    data = rows[0].data_directory;
    await query(server, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await server.stop();
  });
  afterAll(async () => {
    await rm(home, { recursive: true, force: true });
    if (!data.startsWith(home)) await rm(join(data, '..'), { recursive: true, force: true });
  });

  /** No server is left behind, and once it is put right the data are all there. */
  const isUnharmed = async () => {
    expect(existsSync(join(data, 'postmaster.pid'))).toBe(false);
    const server = await start();
    expect((await query(server, 'SELECT answer FROM kept')).rows).toEqual([{ answer: 42 }]);
    await server.stop();
  };
  const refused = async (...words: readonly string[]) => {
    const error = await start().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StartupError);
    for (const word of words) expect((error as Error).message).toContain(word);
  };

  it('is refused with data of a newer version', async () => {
    const file = join(data, 'PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, `${Number(version) + 1}\n`);
    await refused(`is of PostgreSQL ${Number(version) + 1}, this build brings ${Number(version)}`, 'pg_dump');
    await writeFile(file, version);
    await isUnharmed();
  });

  it.each(['global/pg_control', 'pg_wal'])('is refused with data that lack %s', async (part) => {
    const aside = join(data, '..', 'aside');
    await rename(join(data, part), aside);
    await refused(data, `${part} is missing`, 'backup');
    await rename(aside, join(data, part));
    await isUnharmed();
  });

  it('is refused where something else lies in the place of its data', async () => {
    await rename(data, `${data}.aside`);
    await mkdir(data);
    await writeFile(join(data, 'notes.txt'), 'mine');
    await refused(data, 'holds no PostgreSQL data');
    expect(await readFile(join(data, 'notes.txt'), 'utf8')).toBe('mine');
    await rm(data, { recursive: true });
    await rename(`${data}.aside`, data);
    await isUnharmed();
  });

  it('begins anew what a killed first start has left half made', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'storyledger-integrity-'));
    await chmod(fresh, 0o755);
    const folder = data.startsWith(home) ? join(fresh, data.slice(home.length + 1)) : null;
    if (folder !== null) {
      await mkdir(`${folder}.unfinished/base`, { recursive: true });
      await writeFile(`${folder}.unfinished/PG_VERSION`, 'half');
    }
    const server = await EmbeddedPostgres.start({ home: fresh, database: 'kept', settings: SETTINGS });
    const { rows } = await query(server, 'SHOW data_directory');
    await server.stop();
    expect(folder ?? rows[0].data_directory).toBe(rows[0].data_directory);
    expect(existsSync(`${rows[0].data_directory}.unfinished`)).toBe(false);
    await rm(fresh, { recursive: true, force: true });
    if (folder === null) await rm(join(rows[0].data_directory, '..'), { recursive: true, force: true });
  });

  it('is refused with the password of another, and none is made in the place of one that is gone', async () => {
    const file = join(home, 'postgres.password');
    const password = await readFile(file, 'utf8');
    await writeFile(file, 'of-another-ledger');
    await refused(file, 'is not that of the embedded database');
    await rm(file);
    await refused(file, 'is missing', 'backup');
    expect(existsSync(file)).toBe(false);
    await writeFile(file, password, { mode: 0o600 });
    await isUnharmed();
  });

  it('starts beside a pid file whose number has gone to another program, which it leaves alone', async () => {
    const { uid, gid } = await stat(data);
    const other = spawn('sleep', ['60'], { uid, gid, stdio: 'ignore' });
    await once(other, 'spawn');
    await writeFile(join(data, 'postmaster.pid'), `${other.pid}\n${data}\n`);
    await chown(join(data, 'postmaster.pid'), uid, gid);
    const server = await start();
    expect((await query(server, 'SELECT answer FROM kept')).rows).toEqual([{ answer: 42 }]);
    await server.stop();
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill();
    await isUnharmed();
  });

  it('starts although a process of a killed server hangs on, and leaves others in its folder alone', async () => {
    const killed = await start();
    const client = new pg.Client({ connectionString: killed.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    const other = spawn('sleep', ['60'], { cwd: data, stdio: 'ignore' });
    await once(other, 'spawn');
    // Stopped, it does not notice that its server is gone, and holds the shared memory.
    process.kill(rows[0].pid, 'SIGSTOP');
    process.kill(killed.pid, 'SIGKILL');
    const server = await start();
    expect((await query(server, 'SELECT answer FROM kept')).rows).toEqual([{ answer: 42 }]);
    await client.end().catch(() => undefined);
    await server.stop();
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill();
    await isUnharmed();
  });

  it('starts beside a pid file of nobody', async () => {
    const { uid, gid } = await stat(data);
    await writeFile(join(data, 'postmaster.pid'), `4194303\n${data}\n`);
    await chown(join(data, 'postmaster.pid'), uid, gid);
    const server = await start();
    await server.stop();
    await isUnharmed();
  });

  it('is refused with data that others may read', async () => {
    await chmod(data, 0o755);
    await refused(data, `chmod 700 ${data}`);
    await chmod(data, 0o700);
    await isUnharmed();
  });

  // Only root can give a folder away.
  it.runIf(process.getuid?.() === 0)('is refused with data of another account', async () => {
    const { uid, gid } = await stat(data);
    await chown(data, 0, 0);
    await refused(data, 'belongs to another account (uid 0)', `chown -R ${uid} ${data}`);
    await chown(data, uid, gid);
    await isUnharmed();
  });
});

describe('the home of a ledger', () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'storyledger-home-'));
  });
  afterAll(() => rm(place, { recursive: true, force: true }));

  it('is made when it is not there', async () => {
    await requireHome(join(place, 'a', 'b'));
    expect((await stat(join(place, 'a', 'b'))).isDirectory()).toBe(true);
  });

  it.each(['file', 'file/below'])('is refused at %s', async (path) => {
    await writeFile(join(place, 'file'), 'mine');
    await expect(requireHome(join(place, path))).rejects.toThrow(`${join(place, path)} is not a folder`);
    expect(await readFile(join(place, 'file'), 'utf8')).toBe('mine');
  });

  it('is refused where this account may not write', async () => {
    const shut = join(place, 'shut');
    await mkdir(shut, { mode: 0o500 });
    const isRoot = process.geteuid?.() === 0;
    // Nothing is shut to root: it looks as somebody else, who may not even come this far.
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(requireHome(shut)).rejects.toThrow(/may not write to .*shut\. Run as the account that owns it/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});
