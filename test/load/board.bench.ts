import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { newId } from '#platform';
import { PROJECTIONS, Projector } from '#read-models';
import { createApi } from '../../apps/api/bootstrap.js';
import type { Ledger } from '../../apps/cli/ledger.js';
import { withBenchLedger } from './bench-database.js';

const THREADS = Number(process.env['BOARD_THREADS'] ?? 30_000);
const REQUESTS = 40;
const DESKS = ['asia', 'europe', 'americas', 'africa'];

await withBenchLedger(bench);

/** The board as it was, over a ledger of many small threads. */
async function bench(ledger: Ledger): Promise<void> {
  const { pool, keys } = ledger;
  await tell(ledger);
  await project(ledger);
  await pool.query('ANALYZE');
  const { rows } = await pool.query<{ at: Date }>('SELECT DISTINCT recorded_at AS at FROM read_models.thread_change');
  const times = rows.map(({ at }) => at.toISOString()).toSorted();
  const at = (part: number) => encodeURIComponent(times[Math.floor(part * (times.length - 1))] ?? '');
  const api = await createApi(ledger);
  try {
    const { secret } = await keys.create({ name: 'bench', role: 'reader', createdBy: 'system:bench' });
    const get = async (query: string) => {
      const url = `/v1/threads?limit=50&${query}`;
      const answer = await api.app.inject({ url, headers: { authorization: `Bearer ${secret}` } });
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${answer.body}`);
      return answer.json() as { items: object[]; next: string | null };
    };
    console.log(`${THREADS} threads; pages of 50.`);
    const results = [
      await timed('the live board', () => get('')),
      await timed('as of the last hour', () => get(`recordedUntil=${at(0.99)}`)),
      await timed('as of halfway', () => get(`recordedUntil=${at(0.5)}`)),
      await timed('as of halfway, one desk', () => get(`recordedUntil=${at(0.5)}&desk=asia`)),
      await timed('as of halfway, the next page', async () => {
        const { next } = await get(`recordedUntil=${at(0.5)}`);
        return get(`recordedUntil=${at(0.5)}&cursor=${next}`);
      }),
    ];
    await writeFile(join('bench-results', 'board.json'), `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await api.close();
  }
}

async function project({ store, pool }: Ledger): Promise<void> {
  const head = await store.head();
  const stop = new AbortController();
  const onApplied = (position: bigint) => (position >= head ? stop.abort() : undefined);
  await new Projector({ store, pool, projections: PROJECTIONS, onApplied }).run(stop.signal);
}

/** Each thread is opened with a claim and a word on it; every third hears another one later. */
async function tell({ threads, sources }: Ledger): Promise<void> {
  const context = () => {
    const commandId = newId();
    const now = new Date().toISOString();
    return { commandId, actor: { id: 'key:bench', name: 'Bench' }, correlationId: commandId, batchId: null, now };
  };
  const details = { name: 'Tass', kind: 'agency', group: 'agency:tass', trustedConduit: false } as const;
  const { sourceId } = await sources.register({ key: 'tass', ...details }, context());
  const word = (key: string) => ({
    claim: 'it',
    key,
    stance: 'report' as const,
    speaker: sourceId,
    via: [],
    onRecord: true,
    vouchedBy: null,
    tentative: false,
    standing: null,
    statedAt: '2023-09-11T06:00:00.000Z',
    quote: null,
    url: null,
    note: null,
  });
  const claims = [{ key: 'it', statement: 'It happened', core: true, standing: [] }];
  const all = Array.from({ length: THREADS }, (_, n) => n);
  await pMap(
    all,
    async (n) => {
      const desk = DESKS[n % DESKS.length] ?? 'asia';
      const opening = { slug: `story-${n}`, headline: `Story ${n}`, desk, topics: [], language: 'en' };
      await threads.open({ ...opening, claims, attributions: [word('first')] }, context());
      // Of those before it, so that threads change in another order than they were opened in.
      if (n % 3 === 0 && n > 1_000) await threads.record(`story-${n - 1_000}`, word('second'), context());
    },
    { concurrency: 64 },
  );
}

async function timed(name: string, work: () => Promise<{ readonly items: object[] }>) {
  const took: number[] = [];
  let items = 0;
  for (let n = 0; n < REQUESTS; n++) {
    const started = performance.now();
    items = (await work()).items.length;
    took.push(performance.now() - started);
  }
  const [first = 0] = took;
  const sorted = took.toSorted((a, b) => a - b);
  const [p50 = 0, max = 0] = [0.5, 1].map(
    (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))],
  );
  const ms = (value: number) => `${value.toFixed(1).padStart(8)} ms`;
  console.log(`${name.padEnd(32)} first ${ms(first)}  p50 ${ms(p50)}  longest ${ms(max)}  ${items} rows`);
  return { name, first, p50, max, items };
}
