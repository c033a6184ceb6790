import { StoryledgerProcess } from '../processes/storyledger-process.js';
import { FaultProxy } from './fault-proxy.js';

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

  async start(): Promise<void> {
    const process = new StoryledgerProcess([this.command], this.settings);
    this.process = process;
    void process.ended().then(({ code, output }) => {
      if (this.process === process) this.diedSaying.push(`${this.name} ended (${code}): ${output.slice(-2_000)}`);
    });
    if (this.command === 'projector') {
      await process.says(/The projector is at work/);
      return;
    }
    const [, port] = await process.says(/Console at http:\/\/127\.0\.0\.1:(\d+)\//);
    if (this.front === null) this.front = await FaultProxy.before(Number(port));
    else this.front.leadTo(Number(port));
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
