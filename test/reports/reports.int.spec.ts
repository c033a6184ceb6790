import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECTIONS, type ReportFrame, ReportQueries, rebuild } from '#read-models';
import { mergeAndPart, rowsOf, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { seedStory } from '../seed-story.js';
import { attributionInput, commandContext, openStory } from '../tell-story.js';
import { type Ledger, readLedger } from './brute-force.js';
import { compareWithEvents, REPORTS } from './compare.js';
import { copyDated } from './dated-log.js';
import { Figures } from './figures.js';

const HOUR = 3_600_000;
const YEAR: ReportFrame = { from: '2026-01-01', to: '2026-12-31', interval: 'month', desk: null, topic: null };
const FRAMES: readonly ReportFrame[] = [
  YEAR,
  { ...YEAR, interval: 'week' },
  { ...YEAR, from: '2026-02-03', to: '2026-02-20', interval: 'day' },
  { ...YEAR, from: '2026-02-01', to: '2026-03-10', interval: 'week', desk: 'europe' },
  { ...YEAR, desk: 'asia', topic: 'russia' },
  { ...YEAR, topic: 'elections' },
  { ...YEAR, from: '2019-01-01', to: '2019-01-31' },
  { ...YEAR, desk: 'nowhere' },
];

/** Everything that a newsroom can go through, as if it had taken months: five hours from event to event. */
describe('each number of each report of a busy newsroom', () => {
  let newsroom: Newsroom;
  let queries: ReportQueries;
  let ledger: Ledger;
  beforeAll(async () => {
    const scratch = await openNewsroom();
    newsroom = await openNewsroom();
    try {
      for (let n = 0; n < 12; n++) await tellAndAmend(scratch, `-${n}`);
      await mergeAndPart(scratch);
      await moveBetweenDesks(scratch);
      await denyWhatComesTrue(scratch);
      await copyDated(scratch, newsroom, (n) => new Date(Date.UTC(2026, 0, 5) + n * 5 * HOUR).toISOString());
    } finally {
      await scratch.close();
    }
    // Small batches, so that most stories lie across several.
    newsroom.startProjector(7);
    await newsroom.settled();
    expect(newsroom.errors).toEqual([]);
    queries = new ReportQueries(newsroom.database.appPool);
    ledger = await readLedger(newsroom.store);
  }, 240_000);
  afterAll(() => newsroom.close());

  it.each(REPORTS)('equals the one counted over the events: %s', async (report) => {
    let rows = 0;
    for (const frame of FRAMES) rows += await compareWithEvents(report, queries, ledger, frame);
    expect(rows).toBeGreaterThan(20);
  });

  it('stands upon cases: the story has some of each', async () => {
    const [settled] = await queries.settling(YEAR);
    expect(settled).toMatchObject({ by: 'all', confirmed: expect.any(Number), denied: expect.any(Number) });
    expect(settled?.confirmed).toBeGreaterThan(10);
    expect(settled?.denied).toBeGreaterThan(5);
    const [reversed] = await queries.reversals(YEAR);
    expect(reversed?.fallen).toBeGreaterThan(0);
    expect(reversed?.fallenByVoid).toBeGreaterThan(0);
    const [denied] = await queries.denials(YEAR);
    expect(denied?.laterConfirmed).toBeGreaterThan(0);
    expect(denied?.laterConfirmed).toBeLessThan(denied?.cases ?? 0);
    const [second] = await queries.secondSource(YEAR);
    expect(second?.waiting).toBeGreaterThan(0);
    const sources = (await queries.settling(YEAR)).filter(({ by }) => by === 'source');
    expect(sources.some(({ recorded }) => recorded.median !== null && recorded.median > 0)).toBe(true);
    const { rows: repeated } = await newsroom.database.appPool.query(
      'SELECT voided FROM read_models.report_word WHERE repeated ORDER BY position DESC LIMIT 2',
    );
    expect(repeated).toEqual([{ voided: false }, { voided: true }]);
    expect((await queries.echoes(YEAR))[0]?.echoes).toBeGreaterThan(10);
    expect((await queries.takeBacks(YEAR))[0]).toMatchObject({ retracted: 13, corrected: 12 });
  });

  it.each(PROJECTIONS.filter(({ name }) => name.startsWith('report')))(
    'is the same after a rebuild: $name',
    async (projection) => {
      const live = await rowsOf(newsroom, projection);
      expect(live.length).toBeGreaterThan(10);
      await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
      expect(await rowsOf(newsroom, projection)).toEqual(live);
    },
  );

  it('lists what somebody answers for, the newest first, page by page', async () => {
    for (const frame of FRAMES) {
      const seen: string[] = [];
      for (let before: readonly [string, string] | null = null; ; ) {
        const acts = await queries.acts({ ...frame, limit: 7, before });
        seen.push(...acts.map(({ id }) => id));
        const last = acts.at(-1);
        if (last === undefined) break;
        before = [last.at, last.id];
      }
      expect(seen, JSON.stringify(frame)).toEqual(new Figures(ledger, frame).acts());
    }
    const at = async (place: object) => (await queries.acts({ ...YEAR, ...place, limit: 500, before: null })).length;
    expect(await at({ desk: 'europe' })).toBeGreaterThan(0);
    expect(await at({ desk: 'europe' })).toBeLessThan(await at({}));
  });
});

/** A thread that goes to another desk takes all of its past along. */
async function moveBetweenDesks(newsroom: Newsroom): Promise<void> {
  const { threads } = newsroom;
  await threads.revise('kim-putin-visit-5', { desk: 'europe' }, commandContext());
  await threads.revise('kim-putin-visit-6', { desk: 'europe', topics: ['elections'] }, commandContext());
  await threads.revise('kim-putin-visit-7', { topics: ['elections', 'russia'] }, commandContext());
}

/** Denied, then confirmed by others; confirmed, then fallen by a slip and by words. */
async function denyWhatComesTrue(newsroom: Newsroom): Promise<void> {
  const { threads } = newsroom;
  const [first] = seedStory.attributions;
  if (first === undefined) throw new Error('The seed story has no attributions.');
  const suffix = '-true';
  const id = await openStory(newsroom, seedStory, suffix);
  const say = async (key: string, claim: string, stance: 'report' | 'confirm' | 'deny', speaker: string) => {
    const input = { ...attributionInput(first, suffix), key, claim, stance, speaker: `${speaker}${suffix}`, via: [] };
    await threads.record(id, { ...input, onRecord: true, standing: stance !== 'report' }, commandContext());
  };
  await say('d1', 'visit', 'deny', 'kremlin');
  await say('d2', 'arms', 'deny', 'kremlin');
  await say('d3', 'visit', 'deny', 'nyt');
  await threads.void(id, 'd3', 'typed at the wrong claim', commandContext());
  await say('r1', 'visit', 'report', 'nyt');
  await say('c1', 'visit', 'confirm', 'kcna');
  await threads.retract(
    id,
    'd1',
    { takenBackBy: `kremlin${suffix}`, statedAt: '2023-09-20T00:00:00.000Z', reason: 'it is so' },
    commandContext(),
  );
  await say('c2', 'departed', 'confirm', 'kcna');
  await threads.void(id, 'c2', 'typed twice', commandContext());
  await say('c3', 'delegations', 'confirm', 'kcna');
  await say('d4', 'delegations', 'deny', 'kremlin');
  // Again, and again where the first time was a slip.
  await say('d5', 'arms', 'deny', 'kremlin');
  await say('d6', 'arms', 'deny', 'nyt');
  await threads.void(id, 'd6', 'typed at the wrong claim', commandContext());
  await say('d7', 'arms', 'deny', 'nyt');
}
