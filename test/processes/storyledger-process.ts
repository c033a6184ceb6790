import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE_FLAGS } from '../../scripts/node-flags.mjs';

/** A folder of its own for the data of one ledger. */
export async function dataFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'storyledger-process-'));
  // As root the server runs as another account: shut out here, its data would lie elsewhere, and stay there.
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The built program as a person runs it: `storyledger ...`. */
export class StoryledgerProcess {
  output = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<number | null>;

  constructor(args: readonly string[], settings: Readonly<Record<string, string>>) {
    const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', PORT: '0', ...settings };
    this.child = spawn(process.execPath, [...NODE_FLAGS, 'dist/apps/cli/main.js', ...args], { env: environment });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
      });
    }
    this.exit = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves with what follows once the output matches. */
  async says(pattern: RegExp, withinMs = 60_000): Promise<RegExpExecArray> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
      if (hasEnded || Date.now() > giveUpAt) throw new Error(`It never said ${pattern}, but:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The address that it answers at. */
  async address(): Promise<string> {
    const [, address = ''] = await this.says(/API\s+(http:\/\/\S+)\/v1\/threads/);
    await this.says(/Ctrl-C stops it/);
    return address;
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error('It has not started.');
    return pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async ended(): Promise<Ended> {
    return { code: await this.exit, output: this.output };
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.signal(signal);
    return this.ended();
  }
}

export function run(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<Ended> {
  return new StoryledgerProcess(args, settings).ended();
}

/** Of the embedded server in a data folder; null when it is not running. */
export async function postgresPid(home: string): Promise<number | null> {
  const text = await readFile(join(home, 'database', 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  if (!(pid > 0)) return null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return null;
  }
}
