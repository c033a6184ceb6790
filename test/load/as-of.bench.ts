import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { Pool } from 'pg';
import { Sources, Threads } from '#application';
import { type ThreadEvent, threadDecider } from '#domain';
import type { EventStore, StoredEvent } from '#event-store';
import { PostgresEventStore } from '#event-store/postgres';
import { Imports } from '#imports';
import {
  AccessLog,
  ApiKeys,
  IdempotencyAnswers,
  IdentityVault,
  NameReservations,
  Sessions,
  SourceIdentities,
} from '#operations';
import { createLogger, migrate, newId, openDataSource, openPool } from '#platform';
import { Proof } from '#proof';
import { ParkedEvents, ReadModelQueries, ReadModelWaiter, Rebuilds, readModelEntities } from '#read-models';
import { Replay } from '#replay';
import { Metrics } from '#telemetry';
import { createApi } from '../../apps/api/bootstrap.js';
import { allMigrations } from '../../apps/cli/migrations.js';
import { withBenchDatabase } from './bench-database.js';
import { longThread } from './long-thread.js';

const EVENTS = 10_000;
const GOAL_MS = 20;
const REQUESTS = 300;
const COLD_REQUESTS = 15;

await withBenchDatabase(async (url) => {
  await migrate(url, allMigrations);
  await bench(url);
});

/** What a reader waits for: the route, with its key, its JSON and all. */
async function bench(url: string): Promise<void> {
  const pool = openPool({ url, role: 'app', max: 8, applicationName: 'bench' });
  const store = new PostgresEventStore({
    appendPool: openPool({ url, role: 'app', max: 2, applicationName: 'bench append' }),
    readPool: openPool({ url, role: 'app', max: 2, applicationName: 'bench read' }),
  });
  const dataSource = await openDataSource(url, 'app', readModelEntities);
  const names = new NameReservations(pool);
  const sources = new Sources(store, names);
  const threads = new Threads(store, names, sources);
  const keys = new ApiKeys(pool);
  const parts = {
    pool,
    store,
    queries: new ReadModelQueries(dataSource),
    waiter: new ReadModelWaiter(pool),
    parked: new ParkedEvents({ pool, store, record: async () => undefined }),
    rebuilds: new Rebuilds(pool, async () => undefined),
    threads,
    sources,
    imports: new Imports({ pool, store, names, threads, sources, newId, now: () => new Date().toISOString() }),
    keys,
    sessions: new Sessions(pool, keys),
    idempotency: new IdempotencyAnswers(pool),
    proof: new Proof({ pool, store }),
    identities: new SourceIdentities(sources, new IdentityVault(pool), new AccessLog(pool)),
    logger: createLogger('fatal', 'bench'),
    metrics: new Metrics(),
  };
  const api = await createApi({ ...parts, replay: new Replay(store) });
  try {
    const threadId = await longThread({ threads, sources }, EVENTS);
    const { secret } = await keys.create({ name: 'bench', role: 'reader', createdBy: 'system:bench' });
    const get = async (query: string) => {
      const answer = await api.app.inject({
        url: `/v1/threads/${threadId}?${query}`,
        headers: { authorization: `Bearer ${secret}` },
      });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`);
    };
    const events = await readAll(store, threadId);
    const last = events.length - 1;
    const some = (n: number) => Math.floor(((n * 7_919) % REQUESTS) * (last / REQUESTS));
    const at = (n: number) => encodeURIComponent(events[some(n)]?.recordedAt ?? '');
    console.log(`One thread of ${events.length} events; the goal is ${GOAL_MS} ms for each view of the past.`);
    const results = [
      await timed('floor: one row by its key', REQUESTS, () => oneRow(pool, threadId)),
      await timed('floor: the bare fold of all events', 50, () => bareFold(events)),
      await timed('the first, cold: events read and decoded', COLD_REQUESTS, async () => {
        await new Replay(store).thread(threadId);
      }),
      await timed('as of a revision', REQUESTS, (n) => get(`revision=${some(n)}`)),
      await timed('as of the last revision', REQUESTS, () => get(`revision=${last}`)),
      await timed('recorded until', REQUESTS, (n) => get(`recordedUntil=${at(n)}`)),
      await timed('said until', REQUESTS, (n) => get(`statedUntil=${at(n)}`)),
    ];
    await writeFile(join('bench-results', 'as-of.json'), `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await api.close();
    await keys.settle();
    await store.close();
    await dataSource.destroy();
    await pool.end();
  }
}

async function readAll(store: EventStore, threadId: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const stored of store.readStream(`thread-${threadId}`)) events.push(stored);
  return events;
}

async function oneRow(pool: Pool, threadId: string): Promise<void> {
  await pool.query('SELECT * FROM ledger.events WHERE stream = $1 AND revision = 0', [`thread-${threadId}`]);
}

async function bareFold(events: readonly StoredEvent[]): Promise<void> {
  let state = threadDecider.initialState();
  for (const { event, revision, recordedAt } of events) {
    state = threadDecider.evolve(state, { event: event as ThreadEvent, revision, recordedAt });
  }
}

async function timed(name: string, times: number, work: (n: number) => Promise<void>) {
  const took: number[] = [];
  const cpuBefore = process.cpuUsage();
  await pMap(
    Array.from({ length: times }, (_, n) => n),
    async (n) => {
      const started = performance.now();
      await work(n);
      took.push(performance.now() - started);
    },
    { concurrency: 1 },
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  // What it costs, however busy the machine is with other things.
  const cpu = (user + system) / 1_000 / times;
  took.sort((a, b) => a - b);
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => took[Math.min(took.length - 1, Math.floor(part * took.length))]);
  console.log(`${name.padEnd(44)} p50 ${ms(p50)}  p99 ${ms(p99)}  longest ${ms(max)}  CPU ${ms(cpu)} each`);
  return { name, p50, p99, max, cpu };
}

function ms(value = Number.NaN): string {
  return `${value.toFixed(1).padStart(7)} ms`;
}
