import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openPool } from '#platform';
import type { Ledger } from '../../apps/cli/ledger.js';
import { StoryledgerProcess } from '../processes/storyledger-process.js';
import { ask } from './ask.js';
import { withBenchLedger } from './bench-database.js';
import { GeneratedLog } from './generated-log.js';
import type { Load, LoadOrder } from './http-load.js';
import { benchProcess, ServerProcess } from './http-processes.js';
import { attributionBody, openThreads, registerSources, SLUGS, slug } from './http-story.js';
import { median, whole } from './in-turn.js';
import { createPlainLog, plainLoop } from './plain-loop.js';
import { project } from './project.js';
import { type Contender, measure } from './rounds.js';
import { WRITERS } from './workload.js';

/*
 * Whether anything gets slower or larger as the log grows (GROWTH_SIZES): appends of 128 writers, an attribution posted and a
 * thread read by HTTP, what API and projector keep in memory, and how long they take to start. Beside each stands what does
 * not grow: plain inserts, and a bare Fastify. The processes are those that `storyledger api` and `projector` start.
 */
const SIZES = (process.env['GROWTH_SIZES'] ?? '10000,100000,1000000,10000000').split(',').map(Number);
const ROUNDS = 3;
const SECONDS = Number(process.env['GROWTH_SECONDS'] ?? 4);
const PROJECTING_SECONDS = 5 * SECONDS;
const CONNECTIONS = 64;
const REQUESTS_A_CONNECTION = 300;
const PLAIN_CONNECTIONS = 16;
/** What a thread's answer is read from. The others the projector takes up from the start of the log, before our eyes. */
const READ_MODELS = ['thread-board', 'claim'];
const GOALS = { flat: 0.1, memoryMb: 300, startMs: 1_500 } as const;

interface Process {
  readonly startMs: number;
  /** The most that was resident, in megabytes; null where the system does not tell. */
  readonly peakMb: number | null;
}

interface Speed {
  readonly perSecond: number;
  readonly floor: number;
}

interface Measured {
  readonly events: number;
  readonly append: Speed;
  readonly post: Speed;
  readonly get: Speed;
  readonly api: Process;
  readonly projector: Process & { readonly projected: number };
}

class Growth {
  private readonly log = new GeneratedLog(Math.max(...SIZES));
  private readonly load = benchProcess('http-load');
  private readonly writers: Contender;
  private turn = 0;

  private constructor(
    private readonly ledger: Ledger,
    private readonly owner: Pool,
    private readonly plain: Contender,
    private readonly fastify: ServerProcess,
    private readonly secret: string,
  ) {
    this.writers = appends(ledger);
  }

  static async run(ledger: Ledger): Promise<void> {
    console.log(`${cpus().length} cores, Node ${process.version}; ${ROUNDS} rounds of ${SECONDS} s at each size.`);
    const owner = ledger.openOwnerPool();
    const url = ledger.config.DATABASE_URL ?? '';
    const peers = openPool({ url, role: 'owner', max: PLAIN_CONNECTIONS, applicationName: 'bench plain' });
    const fastify = await ServerProcess.start('fastify', { slug: 'a-thread', claims: [] });
    try {
      await registerSources(ledger);
      await createPlainLog(owner);
      const { secret } = await ledger.keys.create({ name: 'bench', role: 'reporter', createdBy: 'system:bench' });
      const plain = plainLoop(peers, PLAIN_CONNECTIONS);
      const growth = new Growth(ledger, owner, plain, fastify, secret ?? '');
      const results: Measured[] = [];
      try {
        for (const size of SIZES) results.push(await growth.at(size));
      } finally {
        growth.load.kill();
      }
      compareEnds(results);
      await writeFile(join('bench-results', 'growth.json'), `${JSON.stringify({ GOALS, results }, null, 2)}\n`);
    } finally {
      await fastify.stop();
      await peers.end();
      await owner.end();
    }
  }

  private async at(size: number): Promise<Measured> {
    const first = this.turn * SLUGS;
    await openThreads(this.ledger, first, 10);
    const events = await this.grow(size);
    await project(this.ledger, READ_MODELS);
    for (const table of ['thread_board', 'claim']) await this.owner.query(`VACUUM ANALYZE read_models.${table}`);
    await this.owner.query('CHECKPOINT');
    const append = await this.appending();
    const api = await Started.start('api', this.ledger);
    const { post, get } = await this.serving(api, first);
    const projecting = await this.projecting(api, first);
    const measured = { events, append, post, get, api: await api.stop(), projector: projecting };
    report(measured);
    this.turn += 1;
    return measured;
  }

  private async grow(size: number): Promise<number> {
    const start = performance.now();
    const there = Number(await this.ledger.store.head()) + 1;
    await this.log.append(this.owner, there, Math.max(0, size - there));
    await this.owner.query('VACUUM ANALYZE ledger.events');
    const events = Number(await this.ledger.store.head()) + 1;
    console.log(`\n${whole(events)} events, made in ${whole((performance.now() - start) / 1_000)} s`);
    return events;
  }

  private async appending(): Promise<Speed> {
    const speeds = { ours: [] as number[], plain: [] as number[] };
    for (const contender of [this.plain, this.writers]) await measure(contender, 1_000);
    for (let round = 0; round < ROUNDS; round++) {
      speeds.plain.push((await measure(this.plain, SECONDS * 1_000)).perSecond);
      speeds.ours.push((await measure(this.writers, SECONDS * 1_000)).perSecond);
    }
    return { perSecond: median(speeds.ours), floor: median(speeds.plain) };
  }

  private async serving(api: Started, first: number): Promise<{ readonly post: Speed; readonly get: Speed }> {
    const threads = await this.someThreads();
    const ways = {
      post: () => this.posts(first),
      get: () => gets(threads),
    };
    const measured = { post: { perSecond: 0, floor: 0 }, get: { perSecond: 0, floor: 0 } };
    for (const way of ['post', 'get'] as const) {
      const ours: number[] = [];
      const floor: number[] = [];
      for (const url of [this.fastify.url, api.url]) await this.send(url, ways[way]());
      for (let round = 0; round < ROUNDS; round++) {
        floor.push(await this.send(this.fastify.url, ways[way]()));
        ours.push(await this.send(api.url, ways[way]()));
      }
      measured[way] = { perSecond: median(ours), floor: median(floor) };
    }
    return measured;
  }

  /** The projector takes up the read models that are far behind, while attributions come in. */
  private async projecting(api: Started, first: number): Promise<Measured['projector']> {
    const projector = await Started.start('projector', this.ledger);
    const before = await this.projected();
    for (let done = 0; done < PROJECTING_SECONDS; done += SECONDS) await this.send(api.url, this.posts(first));
    const projected = ((await this.projected()) - before) / PROJECTING_SECONDS;
    return { ...(await projector.stop()), projected };
  }

  /** Events that projections have gone through, added up. */
  private async projected(): Promise<number> {
    const { rows } = await this.owner.query<{ sum: string }>('SELECT sum(position + 1) FROM read_models.checkpoints');
    return Number(rows[0]?.sum);
  }

  /** Of the whole log. */
  private async someThreads(): Promise<readonly string[]> {
    const { rows } = await this.owner.query<{ thread_id: string }>(
      `SELECT thread_id FROM read_models.thread_board ORDER BY md5(thread_id::text) LIMIT ${SLUGS}`,
    );
    return rows.map(({ thread_id }) => thread_id);
  }

  private async send(url: string, requests: LoadOrder['requests']): Promise<number> {
    const order = { url, seconds: SECONDS, connections: CONNECTIONS, secret: this.secret, requests };
    const { answered, failed, seconds } = await ask<Load>(this.load, order satisfies LoadOrder);
    if (failed > 0 || answered === 0) throw new Error(`${failed} requests failed, ${answered} succeeded.`);
    return answered / seconds;
  }

  private posted = 0;

  /** No two say the same, so that nothing is taken for a repetition. */
  private posts(first: number): LoadOrder['requests'] {
    return Array.from({ length: CONNECTIONS }, () =>
      Array.from({ length: REQUESTS_A_CONNECTION }, () => {
        const n = this.posted++;
        const path = `/v1/threads/${slug(first + (n % SLUGS))}/attributions`;
        return { path, body: JSON.stringify(attributionBody(n)) };
      }),
    );
  }
}

/** One process of the product. */
class Started {
  private constructor(
    readonly url: string,
    private readonly startMs: number,
    private readonly process: StoryledgerProcess,
  ) {}

  static async start(part: 'api' | 'projector', { config }: Ledger): Promise<Started> {
    const start = performance.now();
    const running = new StoryledgerProcess([part], {
      DATABASE_URL: config.DATABASE_URL ?? '',
      STORYLEDGER_HOME: config.STORYLEDGER_HOME,
      LOG_LEVEL: 'warn',
      // One client asks for all.
      RATE_LIMIT_KEY: '0',
      RATE_LIMIT_ADDRESS: '0',
    });
    const [, url = ''] = await running.says(part === 'api' ? /Console at (http:\/\/[^/]+)\// : /is at work()/);
    while (part === 'api' && !(await fetch(`${url}/health/live`)).ok) await delay(5);
    return new Started(url, performance.now() - start, running);
  }

  async stop(): Promise<Process> {
    const peakMb = await peakOf(this.process.pid);
    const { code, output } = await this.process.stop();
    if (code !== 0) throw new Error(`It ended with ${code}:\n${output}`);
    return { startMs: this.startMs, peakMb };
  }
}

/** As the kernel has noted it. */
async function peakOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
}

/** Writers with a newsroom of their own each: what they append, the read models can take. */
function appends({ store }: Ledger): Contender {
  const writers = Array.from({ length: WRITERS }, () => new GeneratedLog(1));
  return {
    name: 'Storyledger',
    async append(writer) {
      const own = writers[writer];
      if (own === undefined) throw new RangeError(`There is no writer ${writer}.`);
      await own.appendNext(store);
    },
    // Positions have no gaps.
    count: async () => Number(await store.head()) + 1,
  };
}

function gets(threads: readonly string[]): LoadOrder['requests'] {
  return Array.from({ length: CONNECTIONS }, (_, connection) =>
    threads.map((_, at) => ({ path: `/v1/threads/${threads[(connection + at) % threads.length]}` })),
  );
}

function report({ append, post, get, api, projector }: Measured): void {
  const line = (name: string, { perSecond, floor }: Speed) =>
    console.log(
      `  ${name.padEnd(28)} ${whole(perSecond).padStart(7)}/s  floor ${whole(floor).padStart(7)}/s  ratio ${(perSecond / floor).toFixed(3)}`,
    );
  line('append, 128 writers', append);
  line('POST an attribution', post);
  line('GET a thread', get);
  const grown = ({ startMs, peakMb }: Process) =>
    `started in ${whole(startMs)} ms, ${peakMb === null ? 'memory unknown' : `${whole(peakMb)} MB at most`}`;
  console.log(`  API ${grown(api)}; projector ${grown(projector)}, ${whole(projector.projected)} events/s projected`);
}

/** By the ratio to the floor, so that the machine's own moods do not count. */
function compareEnds(results: readonly Measured[]): void {
  const [first, last] = [results[0], results.at(-1)];
  if (first === undefined || last === undefined || first === last) return;
  console.log(`\nFrom ${whole(first.events)} to ${whole(last.events)} events (goal: within ${GOALS.flat * 100} %)`);
  for (const what of ['append', 'post', 'get'] as const) {
    const change = last[what].perSecond / last[what].floor / (first[what].perSecond / first[what].floor) - 1;
    console.log(`  ${what.padEnd(8)} ${change >= 0 ? '+' : ''}${(change * 100).toFixed(1)} % of the floor`);
  }
}

// At the end: a class is not there before its line.
await withBenchLedger((ledger) => Growth.run(ledger));
