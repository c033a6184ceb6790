import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { requireHome, requireSoundData } from './data-folder.js';
import { type KeptProcess, type KeptProcessLog, keepRunning } from './keep-running.js';
import type { Logger } from './logging.js';
import { type Account, findBinaries, type PostgresBinaries, placeFor, run } from './postgres-binaries.js';
import { clearLeftovers, PostgresServer } from './postgres-server.js';
import { StartupError } from './startup-error.js';

export interface EmbeddedPostgresOptions {
  /** Folder of the project's data, such as `.storyledger`. */
  readonly home: string;
  readonly database: string;
  /** Extra server settings, such as `{ fsync: 'off' }` for tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

const OWNER = 'storyledger_owner';

/**
 * A real PostgreSQL for whoever sets no DATABASE_URL: on a free loopback port, with its data below `home`. As root the
 * server runs as an unprivileged account. See docs/adr/0002-embedded-postgres.md.
 */
export class EmbeddedPostgres {
  private readonly stopping = new AbortController();
  private keeping: Promise<void> = Promise.resolve();

  private constructor(
    /** Holds the owner's password: never log it. The same for as long as it is kept running. */
    readonly url: string,
    private server: PostgresServer,
    private readonly launchAgain: (signal: AbortSignal) => Promise<PostgresServer>,
  ) {}

  /** @throws StartupError saying what is wrong and what to do */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    await requireHome(options.home);
    const place = await placeFor(options.home, await findBinaries());
    const dataFolder = join(place.folder, 'postgres');
    const isNew = !existsSync(join(dataFolder, 'PG_VERSION'));
    const password = await passwordIn(options.home, isNew);
    if (isNew) await initialise(dataFolder, place.binaries, place.account, password);
    const version = await versionOf(place.binaries);
    const port = await freePort();
    const address = (database: string) => `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
    const launch = async (keepsLog: boolean, signal?: AbortSignal) => {
      await requireSoundData(dataFolder, { version, account: place.account });
      await clearLeftovers(dataFolder);
      const { settings = {} } = options;
      const server = await PostgresServer.launch({ ...place, dataFolder, port, settings, keepsLog });
      await server.ready(address('postgres'), passwordFile(options.home), signal);
      return server;
    };
    const server = await launch(false);
    try {
      await createDatabase(address('postgres'), options.database);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return new EmbeddedPostgres(address(options.database), server, (signal) => launch(true, signal));
  }

  get pid(): number {
    return this.server.pid;
  }

  /**
   * Starts the server again, at the same address, whenever it has ended by itself, until `stop`: then it resolves.
   *
   * @throws StartupError when it cannot be started again
   */
  keepRunning(logger: Logger): Promise<void> {
    const { signal } = this.stopping;
    const kept: KeptProcess = {
      name: 'The embedded PostgreSQL',
      ended: () => this.server.ended,
      startAgain: async () => {
        this.server = await this.launchAgain(signal);
      },
    };
    const { logFile } = this.server;
    const running = keepRunning(kept, restartLog(logger, logFile), signal);
    this.keeping = running.catch((err: unknown) =>
      logger.error({ err, logFile }, 'The embedded PostgreSQL is not started any more.'),
    );
    return running;
  }

  /** Ends connections, writes a checkpoint, and waits until the server is gone. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.keeping;
    await this.server.stop();
  }
}

/** Its own log may hold words of the newsroom: here it is only named. */
function restartLog(logger: Logger, logFile: string): KeptProcessLog {
  return {
    ended: (how) => logger.warn({ how, logFile }, 'The embedded PostgreSQL ended by itself. It is started again.'),
    notStarted: (err, attempt, of) =>
      logger.warn({ err, attempt, of, logFile }, 'The embedded PostgreSQL did not start again.'),
    startedAgain: () => logger.warn('The embedded PostgreSQL is up again.'),
  };
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
