import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { NODE_FLAGS } from '../../scripts/node-flags.mjs';
import { ask } from './ask.js';
import type { ServerOrder, ServerUse } from './http-server.js';

export type ServerName = ServerOrder['serve'];

/** A folder for profiles of the servers, to see what a request costs. */
const PROFILE = process.env['HTTP_PROFILE'];
const PROFILING = PROFILE === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILE}`];

export class ServerProcess {
  private constructor(
    readonly name: ServerName,
    readonly url: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(serve: ServerName, shown: unknown): Promise<ServerProcess> {
    const process = benchProcess('http-server', { LOG_LEVEL: 'info' });
    const { url } = await ask<{ url: string }>(process, { serve, shown } satisfies ServerOrder);
    return new ServerProcess(serve, url, process);
  }

  use(): Promise<ServerUse> {
    return ask<ServerUse>(this.process, 'use');
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
  }
}

export function benchProcess(file: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(new URL(`./${file}.js`, import.meta.url), {
    // The log goes where nobody reads it; what is written is written all the same.
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    env: { ...process.env, ...environment },
    // Also the servers that the program is compared with.
    execArgv: file === 'http-server' ? [...NODE_FLAGS, ...PROFILING] : [],
  });
}
