import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#platform';
import { createTestDatabase, type TestDatabase } from '../../../test/setup/test-database.js';
import type { StoredEvent } from '../event-store.js';
import type { AppenderMessage } from '../testing/appender-process.js';
import { idsOf } from '../testing/contract-log.js';
import { all, closed, threadStream } from '../testing/ledger-events.js';
import { PostgresEventStore } from './postgres-event-store.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Another process that appends. It is ready once made, and begins when told to. */
class Appender {
  readonly acknowledged: string[] = [];
  private constructor(private readonly child: ChildProcess) {}

  static async start(script: string, url: string, seed: number, count: number, shared: string): Promise<Appender> {
    const child = fork(script, [url, `${seed}`, `${count}`, shared], { execArgv: [] });
    const appender = new Appender(child);
    const ready = new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The appender ended with ${code} before it was ready.`)));
      child.on('message', (message: AppenderMessage) => {
        if (message.kind === 'ready') resolve();
        if (message.kind === 'acknowledged') appender.acknowledged.push(...message.ids);
      });
    });
    await ready;
    return appender;
  }

  begin(): void {
    this.child.send('begin');
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const [code] = await once(this.child, 'exit');
    return code;
  }

  /** As a power cut would end it: nothing of the process runs any more. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }
}

describe('a log that several processes append to', () => {
  let database: TestDatabase;
  let store: PostgresEventStore;
  let folder: string;
  let script: string;
  beforeAll(async () => {
    // Within the repository, where node finds the packages.
    folder = await mkdtemp(join(root, 'node_modules', '.storyledger-appender-'));
    script = join(folder, 'appender.mjs');
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: join(root, 'libs/event-store/testing/appender-process.ts'),
        outDir: folder,
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: 'appender.mjs' } },
      },
    });
    database = await createTestDatabase();
    const pool = (max: number, pipeline = false) =>
      openPool({ url: database.url, role: 'app', max, pipeline, applicationName: 'parent' });
    store = new PostgresEventStore({ appendPool: pool(1, true), readPool: pool(4) });
  });
  afterAll(async () => {
    await store?.close();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows a subscriber every event of 8 processes once and in order while they append', async () => {
    const start = await store.head();
    const shared = threadStream(1);
    const appenders = await Promise.all(
      Array.from({ length: 8 }, (_, n) => Appender.start(script, database.url, 100 + n, 60, shared)),
    );
    const total = 8 * 60 * 3;
    const done = new AbortController();
    const seen: StoredEvent[] = [];
    const reading = (async () => {
      for await (const batch of store.subscribe({ after: start, batchSize: 50, signal: done.signal })) {
        seen.push(...batch.events);
        if (seen.length >= total) done.abort();
      }
    })();
    for (const appender of appenders) appender.begin();
    expect(await Promise.all(appenders.map((appender) => appender.ended()))).toEqual(Array(8).fill(0));
    await reading;

    expect(seen.map(({ position }) => position)).toEqual(
      Array.from({ length: total }, (_, n) => start + BigInt(n) + 1n),
    );
    const acknowledged = appenders.flatMap((appender) => appender.acknowledged);
    expect(idsOf(seen).toSorted()).toEqual(acknowledged.toSorted());
    expect(seen.filter(({ stream }) => stream === shared).map(({ revision }) => revision)).toEqual(
      Array.from({ length: total / 2 }, (_, n) => BigInt(n)),
    );
    const times = seen.map(({ recordedAt }) => recordedAt);
    expect(times).toEqual(times.toSorted());
  });

  it('holds everything that a process killed in the middle was told is durable, and no half append', async () => {
    const start = await store.head();
    const appender = await Appender.start(script, database.url, 200, 1_000_000, threadStream(2));
    appender.begin();
    await expect.poll(() => appender.acknowledged.length).toBeGreaterThan(300);
    await appender.kill();
    // What its server processes had taken up still commits: the next append comes after it.
    const { position } = await store.append(threadStream(3), 'any', [closed(1)]);

    const stored = await all(store.readAll({ after: start, until: position }));
    const ids = new Set(idsOf(stored));
    expect(appender.acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(ids.size).toBe(stored.length);
    expect((stored.length - 1) % 3).toBe(0);
    expect(stored.map(({ position: at }) => at - start)).toEqual(stored.map((_, n) => BigInt(n) + 1n));
  });
});
