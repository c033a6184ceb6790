import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { startApi } from '../../apps/api/bootstrap.js';
import { loadDemo } from '../../apps/cli/demo/load-demo.js';
import type { Ledger } from '../../apps/cli/ledger.js';
import { startProjector } from '../../apps/projector/start-projector.js';
import { withBenchLedger } from './bench-database.js';

/*
 * How smoothly the board of a large newsroom moves (BOARD_THREADS, 10,000 when left out) in headless Chromium: the time
 * between frames while it is scrolled fast, and from a click on a filter, or a key in the search, to the frame that
 * shows what came of it. Beside each, the processor time of the page's main thread, which a busy machine changes less: a
 * frame that takes less than 16 ms of it can keep up with a screen. Headless Chromium draws by the processor, too.
 */
const THREADS = Number(process.env['BOARD_THREADS'] ?? 10_000);
const FRAMES = 600;
/** At 60 frames a second 6,000 pixels, or a hundred rows. */
const PIXELS_A_FRAME = 100;
const sessions = new WeakMap<Page, CDPSession>();
const STATUSES = ['open', 'developing', 'partly_confirmed', 'confirmed', 'disputed', 'mixed', 'denied'];

/** Takes the longest time between two frames, until it is asked for again. */
const WATCH = `(() => {
  window.longestStop = 0;
  let last = performance.now();
  const round = (window.watching = (window.watching ?? 0) + 1);
  const frame = (now) => {
    window.longestStop = Math.max(window.longestStop, now - last);
    last = now;
    if (round === window.watching) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

await withBenchLedger(bench);

async function bench(ledger: Ledger): Promise<void> {
  console.log(`${cpus().length} cores, Node ${process.version}; ${THREADS.toLocaleString('en')} threads.\n`);
  const browser = await openBrowser();
  const projector = startProjector({ ...ledger, checkpointMs: 60_000 });
  const api = await startApi({ ...ledger, host: '127.0.0.1', port: 0 });
  try {
    await loadDemo(ledger);
    if (!(await ledger.waiter.waitFor(await ledger.store.head(), 60_000))) throw new Error('The story is not shown.');
    await fillBoard(ledger);
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await signIn(page, api.url, await keyFor(ledger));
    const first = await scroll(page, 'the first pages, more coming');
    await loadAll(page);
    const all = await scroll(page, 'all of them loaded');
    const filters = await filter(page);
    await writeFile(
      join('bench-results', 'board-scroll.json'),
      `${JSON.stringify({ THREADS, first, all, filters }, null, 2)}\n`,
    );
  } finally {
    await browser.close();
    await api.close();
    await projector.stop();
  }
}

function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'];
  if (executablePath === undefined)
    throw new Error('CHROMIUM_PATH names no browser: run `npm run bench -- board-scroll`.');
  // Its sandbox needs a user that is not root.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

async function keyFor({ keys }: Ledger): Promise<string> {
  const { secret } = await keys.create({ name: 'bench', role: 'reader', createdBy: 'system:bench' });
  return secret ?? '';
}

/** Rows such as the projector writes them, of stories that differ from the seed story in name, time and status. */
async function fillBoard({ openOwnerPool }: Ledger): Promise<void> {
  const pool = openOwnerPool();
  const { rows } = await pool.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'read_models' AND table_name = 'thread_board' AND is_generated = 'NEVER'`,
  );
  const columns = rows.map(({ name }) => name).join(', ');
  await pool.query(
    `INSERT INTO read_models.thread_board (${columns})
     SELECT ${columns} FROM (
       SELECT (jsonb_populate_record(t, jsonb_build_object(
         'thread_id', gen_random_uuid(), 'slug', 'story-' || n, 'headline', 'Story ' || n || ' of a long year',
         'status', ($2::text[])[1 + n % cardinality($2::text[])],
         'changed_at', t.changed_at + n * interval '1 second'))).*
       FROM read_models.thread_board t CROSS JOIN generate_series(1, $1) n WHERE t.slug = 'kim-putin-visit') made`,
    [THREADS - 1, STATUSES],
  );
  await pool.query('ANALYZE read_models.thread_board');
  await pool.end();
}

async function signIn(page: Page, url: string, key: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.board > li').first().waitFor();
}

/** Until the page says how many there are. */
async function loadAll(page: Page): Promise<void> {
  while (!(await page.getByText(`${THREADS} threads`).isVisible())) {
    await page.keyboard.press('End');
    await page.waitForTimeout(50);
  }
}

/** Processor time that the page's main thread has had so far. */
async function mainThreadMs(page: Page): Promise<number> {
  let session = sessions.get(page);
  if (session === undefined) {
    session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    sessions.set(page, session);
  }
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}

interface Frames {
  readonly frames: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
  /** Of frames: later than two of 60 a second. */
  readonly late: number;
  readonly mostRows: number;
  /** Milliseconds of the main thread's processor time, a frame. */
  readonly busy: number;
}

/** Scrolls from the top at a steady speed, a little in each frame, and takes the time between frames. */
async function scroll(page: Page, what: string): Promise<Frames> {
  await page.evaluate('window.scrollTo(0, 0)');
  await page.waitForTimeout(500);
  const before = await mainThreadMs(page);
  const { times, mostRows } = await page.evaluate<{ times: number[]; mostRows: number }>(
    `new Promise((done) => {
       const times = [];
       let mostRows = 0;
       let last = performance.now();
       const frame = (now) => {
         times.push(now - last);
         last = now;
         mostRows = Math.max(mostRows, document.querySelectorAll('.board > li').length);
         window.scrollBy(0, ${PIXELS_A_FRAME});
         if (times.length <= ${FRAMES}) requestAnimationFrame(frame);
         else done({ times, mostRows });
       };
       requestAnimationFrame(frame);
     })`,
  );
  const busy = Number((((await mainThreadMs(page)) - before) / FRAMES).toFixed(1));
  const sorted = times.slice(1).sort((one, other) => one - other);
  const at = (part: number) => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1));
  const late = sorted.filter((time) => time > 34).length / sorted.length;
  const frames = {
    frames: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    longest: Number((sorted.at(-1) ?? 0).toFixed(1)),
    late,
    mostRows,
    busy,
  };
  console.log(
    `  scrolling, ${what.padEnd(30)} busy ${busy} ms a frame  p50 ${frames.p50} ms  p95 ${frames.p95} ms  p99 ${frames.p99} ms  longest ${frames.longest} ms` +
      `  later than 34 ms: ${(100 * late).toFixed(1)} %  at most ${mostRows} rows in the page`,
  );
  return frames;
}

/** From what the reader does to the frame after the rows have changed; the longest stop of the page meanwhile. */
async function filter(page: Page): Promise<readonly object[]> {
  await page.evaluate('window.scrollTo(0, 0)');
  const results: object[] = [];
  for (const [what, act, shown] of [
    ['a status', () => page.getByRole('button', { name: 'Denied' }).click(), '.board .status.tone-denied'],
    ['all again', () => page.getByRole('button', { name: 'Denied' }).click(), '.board .status.tone-open'],
    ['a search', () => page.getByLabel('Search').fill('munitions'), '.board .status'],
    ['no search', () => page.getByLabel('Search').fill(''), '.board .status.tone-disputed'],
  ] as const) {
    await page.evaluate(WATCH);
    const before = await mainThreadMs(page);
    const answered = page.waitForResponse((response) => response.url().includes('/v1/threads?'), { timeout: 5_000 });
    const start = performance.now();
    await act();
    await answered.catch(() => null);
    await page.locator(shown).first().waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const whole = Math.round(performance.now() - start);
    const stop = Math.round(await page.evaluate<number>('window.longestStop'));
    const busy = Math.round((await mainThreadMs(page)) - before);
    console.log(
      `  filtering, ${what.padEnd(30)} busy ${busy} ms in all  shown after ${whole} ms  longest frame meanwhile ${stop} ms`,
    );
    results.push({ what, busy, whole, stop });
  }
  return results;
}
