import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Small files and caches, no calls home, and no log but what a failed start prints. */
const ENVIRONMENT = {
  KURRENTDB_TELEMETRY_OPTOUT: 'true',
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_gcServer: '0',
  KURRENTDB_DISABLE_LOG_FILE: 'true',
  KURRENTDB_STATS_STORAGE: 'None',
  KURRENTDB_CHUNK_SIZE: '67108864',
  KURRENTDB_CHUNKS_CACHE_SIZE: '134217728',
  KURRENTDB_STREAM_EXISTENCE_FILTER_SIZE: '10000000',
  KURRENTDB_MAX_MEM_TABLE_SIZE: '100000',
};
const START_MS = 90_000;
const OUTPUT_KEPT = 4_000;

export interface KurrentDbServerOptions {
  /** A server binary; KURRENTDB_BIN when left out. */
  readonly binary?: string;
  /** Further options of the server, such as those that make it a node of a cluster or give it certificates. */
  readonly args?: readonly string[];
  /** What its connection string says after `?`. */
  readonly query?: string;
  /** Kept after `stop` when given. */
  readonly folder?: string;
  readonly port?: number;
}

/** A real server on loopback, in a folder of its own. It may be killed and started again on the same data. */
export class KurrentDbServer {
  private child: ChildProcess | null = null;
  private output = '';

  private constructor(
    private readonly binary: string,
    private readonly options: KurrentDbServerOptions,
    readonly folder: string,
    readonly port: number,
    private readonly replicationPort: number,
  ) {}

  static async start(options: KurrentDbServerOptions = {}): Promise<KurrentDbServer> {
    const server = await KurrentDbServer.create(options);
    await server.launch();
    await server.ready();
    return server;
  }

  /** Not started yet, so that the nodes of a cluster may know each other's ports. */
  static async create(options: KurrentDbServerOptions = {}): Promise<KurrentDbServer> {
    const binary = options.binary ?? process.env['KURRENTDB_BIN'] ?? '';
    if (binary === '') throw new Error('Set KURRENTDB_BIN to a KurrentDB server to start.');
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'storyledger-kurrentdb-')));
    const [port, replicationPort] = [options.port ?? (await freePort()), await freePort()];
    return new KurrentDbServer(binary, options, folder, port, replicationPort);
  }

  get url(): string {
    return `kurrentdb://127.0.0.1:${this.port}?${this.options.query ?? 'tls=false'}`;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Starts the process and does not wait for it. */
  launch(args: readonly string[] = this.options.args ?? ['--insecure']): void {
    const own = ['--db', join(this.folder, 'db'), '--node-ip', '127.0.0.1', '--node-port', `${this.port}`];
    const replication = ['--replication-ip', '127.0.0.1', '--replication-port', `${this.replicationPort}`];
    this.output = '';
    this.child = spawn(this.binary, [...own, ...replication, ...args], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.output = (this.output + bytes.toString('utf8')).slice(-OUTPUT_KEPT);
      });
    }
  }

  /** Until it leads, or follows. */
  async ready(): Promise<void> {
    const giveUpAt = Date.now() + START_MS;
    for (;;) {
      if (this.child === null || this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`The KurrentDB server ended before it was ready:\n${this.output}`);
      }
      if (await this.isLive()) return;
      if (Date.now() > giveUpAt) throw new Error(`The KurrentDB server was not ready in time:\n${this.output}`);
      await delay(100);
    }
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Resolves when the process is over, whoever ended it. */
  async ended(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    await once(child, 'exit');
  }

  async restart(): Promise<void> {
    this.launch();
    await this.ready();
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    if (this.options.folder === undefined) await rm(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const hurry = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await exit;
    clearTimeout(hurry);
  }

  private async isLive(): Promise<boolean> {
    const protocol = this.options.query?.includes('tls=true') ? 'https' : 'http';
    const answer = await fetch(`${protocol}://127.0.0.1:${this.port}/health/live`).catch(() => null);
    return answer?.ok === true;
  }
}

/** The server takes every variable that begins with KURRENTDB_ for an option of its own, and refuses one it lacks. */
function environment(): NodeJS.ProcessEnv {
  const { KURRENTDB_BIN, KURRENTDB_URL, ...rest } = process.env;
  return { ...ENVIRONMENT, ...rest };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
