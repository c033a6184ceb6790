import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { Pool } from 'pg';
import { type ThreadEvent, threadDecider } from '#domain';
import type { EventStore, StoredEvent } from '#event-store';
import { Replay } from '#replay';
import { createApi } from '../../apps/api/bootstrap.js';
import type { Ledger } from '../../apps/cli/ledger.js';
import { withBenchLedger } from './bench-database.js';
import { longThread } from './long-thread.js';

const EVENTS = 10_000;
const GOAL_MS = 20;
const REQUESTS = 300;
const COLD_REQUESTS = 15;

await withBenchLedger(bench);

/** What a reader waits for: the route, with its key, its JSON and all. */
async function bench(ledger: Ledger): Promise<void> {
  const { pool, store, keys } = ledger;
  const api = await createApi(ledger);
  try {
    const threadId = await longThread(ledger, EVENTS);
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
