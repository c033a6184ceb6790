import { eventually } from '../eventually.js';
import { StoryledgerProcess } from '../processes/storyledger-process.js';
import { FaultProxy } from './fault-proxy.js';

const START_MS = 300_000;
const READY = { api: /Console at http:\/\/127\.0\.0\.1:(\d+)\//, projector: /The projector is at work/ } as const;

/** `storyledger api` or `storyledger projector`, built, as a process that is killed and started again. */
export class LedgerPart {
  /** What it said when it ended though nobody had ended it. */
  readonly diedSaying: string[] = [];
  private process: StoryledgerProcess | null = null;
  private front: FaultProxy | null = null;

  constructor(
    readonly name: string,
    private readonly command: 'api' | 'projector',
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** What stands between it and its clients. */
  get proxy(): FaultProxy {
    if (this.front === null) throw new Error(`${this.name} has no clients.`);
    return this.front;
  }

  get url(): string {
    return `http://127.0.0.1:${this.proxy.port}`;
  }

  /** Again and again while it ends at its start, as it does without a database. */
  async start(): Promise<void> {
    const process = await eventually(async () => {
      const started = new StoryledgerProcess([this.command], this.settings);
      try {
        await started.says(READY[this.command], START_MS);
        return started;
      } catch {
        await started.stop('SIGKILL');
        return null;
      }
    }, START_MS);
    this.process = process;
    void process.ended().then(({ code, output }) => {
      if (this.process === process) this.diedSaying.push(`${this.name} ended (${code}): ${output.slice(-2_000)}`);
    });
    const port = Number(READY.api.exec(process.output)?.[1]);
    if (this.command === 'projector') return;
    if (this.front === null) this.front = await FaultProxy.before(port);
    else this.front.leadTo(port);
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.signal(signal);
  }

  /** Resolves when it is gone. */
  async kill(): Promise<void> {
    const process = this.process;
    this.process = null;
    process?.signal('SIGKILL');
    await process?.ended();
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.front?.close();
  }
}
