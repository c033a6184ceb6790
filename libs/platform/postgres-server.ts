import { spawn } from 'node:child_process';
import { open, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { removeStalePid } from './data-folder.js';
import type { Account, PostgresBinaries } from './postgres-binaries.js';
import { StartupError } from './startup-error.js';

export interface PostgresServerOptions {
  readonly dataFolder: string;
  readonly binaries: PostgresBinaries;
  /** Null: as ourselves. */
  readonly account: Account | null;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Goes on with the file that it writes its log to; otherwise it begins that anew. */
  readonly keepsLog: boolean;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;

/** One process of `postgres`, from its launch to its end. */
export class PostgresServer {
  private constructor(
    private readonly dataFolder: string,
    readonly logFile: string,
    private readonly logFrom: number,
    readonly pid: number,
    /** Resolves when it has ended, whoever ended it, with how: a signal, or a code. */
    readonly ended: Promise<string>,
  ) {
    ended.then(() => {
      this.hasEnded = true;
    });
  }

  private hasEnded = false;

  static async launch(options: PostgresServerOptions): Promise<PostgresServer> {
    const { dataFolder, binaries, account, port, settings, keepsLog } = options;
    const logFile = join(dirname(dataFolder), 'postgres.log');
    const log = await open(logFile, keepsLog ? 'a' : 'w', 0o600);
    const { size } = await log.stat();
    const all = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      password_encryption: 'scram-sha-256',
      shared_buffers: '128MB',
      max_connections: '200',
      ...settings,
    };
    const assignments = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // Detached: Ctrl-C in the terminal must reach us first, so that we drain before the database goes.
    const child = spawn(binaries.postgres, ['-D', dataFolder, '-p', `${port}`, ...assignments], {
      ...account,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: dirname(dataFolder),
      env: {},
    });
    const ended = new Promise<string>((resolve) => {
      child.on('error', ({ message }) => resolve(message));
      child.on('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    });
    await log.close();
    child.unref();
    return new PostgresServer(dataFolder, logFile, size, child.pid ?? 0, ended);
  }

  /** @throws StartupError when it ends, does not answer, or refuses the password, and then it is ended */
  async ready(url: string, passwordFile: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.answers(url, passwordFile, signal);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends connections, writes a checkpoint, and waits until it is gone. */
  async stop(): Promise<void> {
    // Once it has ended its number may be that of another program.
    if (!this.hasEnded) await endServer(this.pid, this.dataFolder);
  }

  private async answers(url: string, passwordFile: string, signal?: AbortSignal): Promise<void> {
    let until = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      signal?.throwIfAborted();
      const code = await connectionRefusal(url);
      if (code === null) return;
      if (code === '28P01') {
        throw new StartupError(
          `The password in ${passwordFile} is not that of the embedded database. Put the file back from the backup that the data are of. Nothing was changed.`,
        );
      }
      // It says that it is starting: after a crash it may have much of its log to go through.
      if (code === '57P03') until = Date.now() + START_TIMEOUT_MS;
      if (this.hasEnded || Date.now() > until) {
        throw new StartupError(
          `The embedded PostgreSQL did not start. Its last words, from ${this.logFile}:\n${await this.lastWords()}`,
        );
      }
      await delay(50);
    }
  }

  private async lastWords(): Promise<string> {
    const log = await readFile(this.logFile).catch(() => Buffer.alloc(0));
    return log.subarray(this.logFrom).toString('utf8').slice(-1_500);
  }
}

/** The code with which a connection is refused, or cannot be made; null: it is served. */
async function connectionRefusal(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : '';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Clears away what would keep a server from starting: one that outlived its parent (kill -9), which is ended cleanly,
 * processes that outlived their server, and a pid file of either.
 */
export async function clearLeftovers(dataFolder: string): Promise<void> {
  const pid = await runningPid(dataFolder);
  if (pid !== null) await endServer(pid, dataFolder);
  await endBackends(dataFolder);
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
  signalIfThere(pid, 'SIGINT');
  await gone(dataFolder, pid, async () => isAlive(pid));
}

/**
 * Whoever is paused, or deep in a statement, does not notice that its server has died, and as long as it holds the
 * shared memory no other server starts. To the data it is the crash that has happened anyway.
 */
async function endBackends(dataFolder: string): Promise<void> {
  for (const pid of await backendsOf(dataFolder)) {
    signalIfThere(pid, 'SIGKILL');
    await gone(dataFolder, pid, async () => (await backendsOf(dataFolder)).includes(pid));
  }
}

/** Processes of PostgreSQL at work in the folder; none can be found where there is no /proc. */
async function backendsOf(dataFolder: string): Promise<readonly number[]> {
  const folder = await realpath(dataFolder);
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Of the processes of other accounts neither can be read.
      const [place, program] = await Promise.all(
        ['cwd', 'exe'].map((link) => readlink(`/proc/${pid}/${link}`).catch(() => '')),
      );
      // Someone's shell may stand in the folder as well.
      return place === folder && basename(program ?? '') === 'postgres' ? [pid] : [];
    }),
  );
  return found.flat();
}

async function gone(dataFolder: string, pid: number, isThere: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + STOP_TIMEOUT_MS;
  while (await isThere()) {
    if (Date.now() > until) {
      throw new StartupError(
        `The PostgreSQL server (pid ${pid}) on ${dataFolder} does not stop. End it, then start again.`,
      );
    }
    await delay(50);
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
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
