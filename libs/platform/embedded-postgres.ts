import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { removeStalePid, requireHome, requireSoundData } from './data-folder.js';
import { type Account, findBinaries, type PostgresBinaries, placeFor, run } from './postgres-binaries.js';
import { StartupError } from './startup-error.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the project's data, such as `.storyledger`. */
  readonly home: string;
  readonly database: string;
  /** Extra server settings, such as `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

const OWNER = 'storyledger_owner';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;

/**
 * A real PostgreSQL for whoever sets no DATABASE_URL: on a free loopback port, with its data below `home`. As root the
 * server runs as an unprivileged account. See docs/adr/0002-embedded-postgres.md.
 */
export class EmbeddedPostgres {
  private constructor(
    /** Holds the owner's password: never log it. */
    readonly url: string,
    private readonly dataFolder: string,
    readonly pid: number,
  ) {}

  /** @throws StartupError saying what is wrong and what to do */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    await requireHome(options.home);
    const place = await placeFor(options.home, await findBinaries());
    const dataFolder = join(place.folder, 'postgres');
    const isNew = !existsSync(join(dataFolder, 'PG_VERSION'));
    const password = await passwordIn(options.home, isNew);
    if (isNew) await initialise(dataFolder, place.binaries, place.account, password);
    await requireSoundData(dataFolder, { version: await versionOf(place.binaries), account: place.account });
    await stopOrphan(dataFolder);
    const port = await freePort();
    const server = await launch(dataFolder, place.binaries, place.account, port, options.settings ?? {});
    const address = (database: string) => `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
    try {
      await waitUntilReady(address('postgres'), server, passwordFile(options.home));
      await createDatabase(address('postgres'), options.database);
    } catch (error) {
      if (!server.exited) await endServer(server.pid, dataFolder);
      throw error;
    }
    return new EmbeddedPostgres(address(options.database), dataFolder, server.pid);
  }

  /** Ends connections, writes a checkpoint, and waits until the server is gone. */
  async stop(): Promise<void> {
    await endServer(this.pid, this.dataFolder);
  }
}

function passwordFile(home: string): string {
  return join(home, 'postgres.password');
}

/** 0600, made at the first start. @throws StartupError when there are data, and it is gone */
async function passwordIn(home: string, isNew: boolean): Promise<string> {
  const file = passwordFile(home);
  if (!isNew && !existsSync(file)) {
    throw new StartupError(
      `${file} is missing: the password of the embedded database. Put it back from the backup of ${home}. No other is made in its place, for it would not fit.`,
    );
  }
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(randomBytes(24).toString('base64url'));
    await handle.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  await chmod(file, 0o600);
  return (await readFile(file, 'utf8')).trim();
}

/** Into a folder beside it that is renamed once whole, so that an interrupted start leaves nothing half made. */
async function initialise(
  dataFolder: string,
  binaries: PostgresBinaries,
  account: Account | null,
  password: string,
): Promise<void> {
  if (existsSync(dataFolder)) {
    throw new StartupError(
      `${dataFolder} exists but holds no PostgreSQL data (no PG_VERSION). If nothing in it is needed, remove it and start again.`,
    );
  }
  const unfinished = `${dataFolder}.unfinished`;
  const passwordFile = `${dataFolder}.initial`;
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (account !== null) {
      await chown(unfinished, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    await run(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${OWNER}`,
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        // Whoever fills one makes the next, and all who commit wait for it: 48 ms with 16 MB, as long as none can be reused.
        '--wal-segsize=4',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      account,
    );
    await rename(unfinished, dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The major one, as PG_VERSION has it. */
async function versionOf(binaries: PostgresBinaries): Promise<string> {
  return /\d+/.exec(await run(binaries.postgres, ['--version'], null))?.[0] ?? '';
}

/** A server that outlived its parent (kill -9) still holds the folder; it is ended cleanly before a new one starts. */
async function stopOrphan(dataFolder: string): Promise<void> {
  const pid = await runningPid(dataFolder);
  if (pid !== null) await endServer(pid, dataFolder);
  await removeStalePid(dataFolder);
}

async function runningPid(dataFolder: string): Promise<number | null> {
  const file = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(file, 10);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return null;
  // The number may have gone to another program since.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return command === null || command.includes(dataFolder) ? pid : null;
}

async function endServer(pid: number, dataFolder: string): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  const until = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > until) {
      throw new StartupError(
        `The PostgreSQL server (pid ${pid}) on ${dataFolder} does not stop. End it, then start again.`,
      );
    }
    await delay(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

interface Server {
  readonly pid: number;
  readonly logFile: string;
  exited: boolean;
}

async function launch(
  dataFolder: string,
  binaries: PostgresBinaries,
  account: Account | null,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  const logFile = join(dirname(dataFolder), 'postgres.log');
  const log = await open(logFile, 'w', 0o600);
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    shared_buffers: '128MB',
    max_connections: '200',
    ...settings,
  };
  const child = spawn(
    binaries.postgres,
    ['-D', dataFolder, '-p', `${port}`, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Detached: Ctrl-C in the terminal must reach us first, so that we drain before the database goes.
    { ...account, detached: true, stdio: ['ignore', log.fd, log.fd], cwd: dirname(dataFolder), env: {} },
  );
  await log.close();
  const server: Server = { pid: child.pid ?? -1, logFile, exited: false };
  child.on('error', () => {
    server.exited = true;
  });
  child.on('exit', () => {
    server.exited = true;
  });
  child.unref();
  return server;
}

async function waitUntilReady(url: string, server: Server, password: string): Promise<void> {
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      const wrongPassword = error instanceof Error && 'code' in error && error.code === '28P01';
      if (wrongPassword) {
        throw new StartupError(
          `The password in ${password} is not that of the embedded database. Put the file back from the backup that the data are of. Nothing was changed.`,
        );
      }
      if (server.exited || Date.now() > until) {
        const log = await readFile(server.logFile, 'utf8').catch(() => '');
        throw new StartupError(
          `The embedded PostgreSQL did not start. Its last words, from ${server.logFile}:\n${log.slice(-1_500)}`,
        );
      }
      await delay(50);
    }
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(address)));
    });
  });
}
