import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { EmbeddedPostgres, StartupError } from '#platform';
import { eventually } from '../eventually.js';
import { FaultProxy } from './fault-proxy.js';

const run = promisify(execFile);
const DISK_MB = 640;
const RESTART_MS = 300_000;
/** Durable as it is delivered, but with a log that is turned over often and fits the small disk. */
const SETTINGS = { min_wal_size: '32MB', max_wal_size: '96MB', checkpoint_timeout: '30s' };

/** A real PostgreSQL on a disk of its own if that may be had, behind a proxy; its processes are signalled by number. */
export class PostgresUnderFault {
  private constructor(
    private readonly home: string,
    /** Why its disk cannot be filled; null when it can. */
    readonly noDisk: string | null,
    private server: EmbeddedPostgres,
    readonly proxy: FaultProxy,
  ) {}

  static async start(): Promise<PostgresUnderFault> {
    const home = await mkdtemp(join(tmpdir(), 'storyledger-fault-'));
    // The server runs as another account when we are root.
    await chmod(home, 0o755);
    const noDisk = await mountDisk(home);
    const server = await startServer(home);
    return new PostgresUnderFault(home, noDisk, server, await FaultProxy.before(portOf(server)));
  }

  /** Of the owner, and of a database that is always there. */
  get directUrl(): string {
    return this.server.url;
  }

  get pid(): number {
    return this.server.pid;
  }

  /** The server's processes that serve clients or write in the background, the first of them its oldest. */
  async children(): Promise<readonly number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
    const parents = await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const));
    return parents.filter(([, parent]) => parent === this.pid).map(([pid]) => pid);
  }

  /** Those that serve clients whose name for themselves ends so, in the order of their age. */
  async backends(client: string): Promise<readonly number[]> {
    const asking = new pg.Client({ connectionString: this.directUrl });
    await asking.connect();
    try {
      const { rows } = await asking.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
           AND application_name LIKE '%' || $1 ORDER BY backend_start, pid`,
        [client],
      );
      return rows.map(({ pid }) => pid);
    } finally {
      await asking.end();
    }
  }

  signal(signal: NodeJS.Signals, pid = this.pid): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It had ended by itself meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  async gone(pid = this.pid): Promise<void> {
    await eventually(async () => ((await parentOf(pid)) === null ? true : null), RESTART_MS);
  }

  /** On another port, which the proxy leads to. */
  async startAgain(): Promise<void> {
    this.server = await startServer(this.home);
    this.proxy.leadTo(portOf(this.server));
  }

  /** Until clients are served again; what has ended is started. */
  async answers(): Promise<void> {
    await eventually(async () => {
      if (!(await this.isUp())) await this.startAgain();
      const client = new pg.Client({ connectionString: this.directUrl });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('SELECT 1');
        return true;
      } catch {
        return null;
      } finally {
        await client.end().catch(() => undefined);
      }
    }, RESTART_MS);
  }

  async isUp(): Promise<boolean> {
    return (await parentOf(this.pid)) !== null;
  }

  /** Until not one byte more can be written. */
  async fillDisk(): Promise<void> {
    const piece = Buffer.alloc(1024 * 1024);
    for (let n = 0; ; n++) {
      try {
        await writeFile(this.ballast, piece, { flag: 'a' });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
        throw error;
      }
      if (n > DISK_MB) throw new Error(`The disk at ${this.home} takes more than it has room for.`);
    }
  }

  /** Asks for one more piece of the write-ahead log, which a server that cannot have it does not survive. */
  async needLog(): Promise<void> {
    const client = new pg.Client({ connectionString: this.directUrl });
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (let megabytes = 0; megabytes < DISK_MB; megabytes++) {
        await client.query(`SELECT pg_logical_emit_message(false, 'faults', repeat('x', 1000000))`);
      }
    } catch {
      // The server ended in the middle of it.
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** How often it has said that the disk is full since it was last started. */
  async refusalsForRoom(): Promise<number> {
    const logs = [join(this.home, 'postgres.log'), join(this.home, 'database', 'postgres.log')];
    const texts = await Promise.all(logs.map((file) => readFile(file, 'utf8').catch(() => '')));
    return texts.join('').split('No space left on device').length - 1;
  }

  async emptyDisk(): Promise<void> {
    await rm(this.ballast, { force: true });
  }

  async stop(): Promise<void> {
    await this.proxy.close();
    await this.server.stop();
    if (this.noDisk === null) await run('umount', [this.home]);
    await rm(this.home, { recursive: true, force: true });
  }

  private get ballast(): string {
    return join(this.home, 'ballast');
  }
}

/** What is missing for it, in words; null when the folder is now a small disk of its own. */
async function mountDisk(home: string): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'root, to mount a tmpfs for the data folder';
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', home]);
    return null;
  } catch (error) {
    return `the right to mount a tmpfs (${error instanceof Error ? error.message.trim().split('\n').at(-1) : error})`;
  }
}

/** After kill -9 the old server's last processes may hold its memory for a moment; it is tried again until they are gone. */
async function startServer(home: string): Promise<EmbeddedPostgres> {
  const giveUpAt = Date.now() + RESTART_MS;
  for (;;) {
    try {
      return await EmbeddedPostgres.start({ home, database: 'faults', settings: SETTINGS });
    } catch (error) {
      if (!(error instanceof StartupError) || Date.now() > giveUpAt) throw error;
      await delay(200);
    }
  }
}

function portOf({ url }: EmbeddedPostgres): number {
  return Number(new URL(url).port);
}

/** Null: there is no such process, or it has ended and only its parent has not heard of it. */
async function parentOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // After the name, which is in brackets and may hold anything: state, then parent.
  const [state, parent] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === undefined || state === 'Z' ? null : Number(parent);
}
