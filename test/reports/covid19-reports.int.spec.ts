import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileOnDisk, shippedMapping } from '#imports';
import { type ReportFrame, ReportQueries } from '#read-models';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { type Ledger, readLedger } from './brute-force.js';
import { compareWithEvents, REPORTS } from './compare.js';
import { copyDated } from './dated-log.js';
import { Figures } from './figures.js';

const ARCHIVE = 'test/fixtures/covid19-rumor-news/covid19-rumor-news.tar.gz';
const MINUTE = 60_000;
const YEAR: ReportFrame = { from: '2026-01-01', to: '2026-12-31', interval: 'month', desk: null, topic: null };
const FRAMES: readonly ReportFrame[] = [
  YEAR,
  { ...YEAR, from: '2026-01-20', to: '2026-03-17', interval: 'week' },
  { ...YEAR, from: '2026-02-01', to: '2026-02-14', interval: 'day' },
];

/** 4,129 claims and some 30,000 words on them by hundreds of outlets, as if recorded over months. */
describe('each number of each report of the COVID-19 rumour set', () => {
  let newsroom: Newsroom;
  let queries: ReportQueries;
  let ledger: Ledger;
  beforeAll(async () => {
    const scratch = await openNewsroom();
    newsroom = await openNewsroom();
    try {
      const file = await fileOnDisk(ARCHIVE);
      const actor = { id: 'system:test', name: 'Test' };
      await scratch.imports.importFile(file, shippedMapping('covid19-rumor-news'), actor);
      await copyDated(scratch, newsroom, (n) => new Date(Date.UTC(2026, 0, 5) + n * 5 * MINUTE).toISOString());
    } finally {
      await scratch.close();
    }
    newsroom.startProjector();
    expect(await newsroom.waiter.waitFor(await newsroom.store.head(), 400_000)).toBe(true);
    queries = new ReportQueries(newsroom.database.appPool);
    ledger = await readLedger(newsroom.store);
  }, 600_000);
  afterAll(() => newsroom.close());

  it.each(REPORTS)('equals the one counted over the events: %s', { timeout: 120_000 }, async (report) => {
    for (const frame of FRAMES) expect(await compareWithEvents(report, queries, ledger, frame)).toBeGreaterThan(0);
  });

  it('equals the one counted over the events: what the import brought, and where', async () => {
    const topics = [
      ...new Set([...ledger.byThread.values()].flatMap((moments) => moments.at(-1)?.details.topics ?? [])),
    ];
    const frames = [YEAR, { ...YEAR, desk: 'nowhere' }, ...topics.slice(0, 3).map((topic) => ({ ...YEAR, topic }))];
    for (const frame of frames) {
      const counted = new Figures(ledger, frame).imported();
      const batches = await queries.places.importsAt(frame);
      expect(batches).toEqual([...counted.keys()].filter((id) => id !== null));
      expect(await queries.places.imported(batches, frame)).toEqual(counted);
    }
    expect(new Figures(ledger, YEAR).imported().get(null)?.attributions).toBeGreaterThan(20_000);
  });

  it('rests on thousands of cases', async () => {
    const [second] = await queries.secondSource(YEAR);
    expect(second?.cases).toBeGreaterThan(500);
    // Dates of the set are days, and half of the claims had two outlets on their first.
    expect(second?.stated.p90).toBeGreaterThan(0);
    const [imported] = await queries.throughput(YEAR);
    expect(imported?.imported).toBeGreaterThan(30_000);
  });
});
