import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClaimStatus, claimStatus, STANDARD_1, type ThreadEvent, threadDecider } from '#domain';
import { fileOnDisk, type ImportBatch, shippedMapping } from '#imports';
import { PROJECTIONS, rebuild } from '#read-models';
import { rowsOf } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import type { LogOfItsOwn } from '../setup/kurrentdb.js';

const ARCHIVE = 'test/fixtures/covid19-rumor-news/covid19-rumor-news.tar.gz';
const ACTOR = { id: 'system:test', name: 'Test' };

/** The whole data set: 4,129 claims and 32,747 rows about them, dirty as they came. */
export function covidRumours(openLog?: () => Promise<LogOfItsOwn>): void {
  describe('the COVID-19 rumour set', () => {
    let newsroom: Newsroom;
    let batch: ImportBatch;
    let log: LogOfItsOwn | undefined;
    const importArchive = async () =>
      newsroom.imports.importFile(await fileOnDisk(ARCHIVE), shippedMapping('covid19-rumor-news'), ACTOR);
    beforeAll(async () => {
      log = await openLog?.();
      newsroom = await openNewsroom(log === undefined ? {} : { store: log.store });
      newsroom.startProjector();
      batch = await importArchive();
      await newsroom.settled();
    }, 600_000);
    afterAll(async () => {
      await newsroom.close();
      await log?.dispose();
    });

    it('gives every row an outcome, and says why for each that it refuses', async () => {
      expect(batch).toMatchObject({ state: 'done', rowsDone: 36_876, ignoredFiles: ['LICENSE', 'README.md'] });
      expect(batch.taken + batch.duplicate + batch.refused).toBe(36_876);
      const refusals = await newsroom.imports.batches.refusals(batch.batchId);
      expect(refusals.reduce((sum, { count }) => sum + count, 0)).toBe(batch.refused);
      await expect(table(batch, refusals)).toMatchFileSnapshot('../../docs/covid19-rumor-news.outcome.md');
    });

    it('opens a thread for each of the 4,129 claims', async () => {
      const { rows } = await newsroom.database.appPool.query(
        'SELECT count(*)::int AS threads FROM read_models.thread_board',
      );
      expect(rows).toEqual([{ threads: 4_129 }]);
    });

    it('leaves as many attributions in the log as rows of stances were taken', async () => {
      let attributions = 0;
      for await (const { event, context } of newsroom.store.readAll()) {
        expect(context.batchId).toBe(batch.batchId);
        if (event.type === 'ClaimReported' || event.type === 'ClaimDenied') attributions += 1;
      }
      expect(attributions).toBe(batch.taken - 4_129);
    });

    it('shows for each claim the status that a plain count of its rows gives', async () => {
      const expected = await statusesFromLog(newsroom);
      const { rows } = await newsroom.database.appPool.query<{ claim_id: string; status: string }>(
        'SELECT claim_id, status FROM read_models.claim',
      );
      expect(rows).toHaveLength(4_129);
      const shown = new Map(rows.map(({ claim_id, status }) => [claim_id, status]));
      expect(shown).toEqual(expected.byPolicy);
      expect(shown).toEqual(expected.byCount);
    });

    it.each(PROJECTIONS)(
      '$name rebuilt equals $name live',
      async (projection) => {
        const live = await rowsOf(newsroom, projection);
        await rebuild({ store: newsroom.store, ownerPool: newsroom.database.ownerPool, projection });
        expect(await rowsOf(newsroom, projection)).toEqual(live);
      },
      120_000,
    );

    it('adds nothing when it is imported again', async () => {
      const head = await newsroom.store.head();
      const again = await importArchive();
      expect(again).toMatchObject({ taken: 0, duplicate: batch.taken + batch.duplicate, refused: batch.refused });
      expect(await newsroom.store.head()).toBe(head);
    }, 600_000);

    it('is taken back by one command', async () => {
      const voided = await newsroom.imports.voidBatch(batch.batchId, 'Test.', ACTOR);
      expect(voided).toMatchObject({ state: 'voided', voided: batch.taken - 4_129 });
      await newsroom.settled();
      const { rows } = await newsroom.database.appPool.query(
        'SELECT status, lifecycle, count(*)::int AS threads FROM read_models.thread_board GROUP BY 1, 2',
      );
      expect(rows).toEqual([{ status: 'open', lifecycle: 'closed', threads: 4_129 }]);
    }, 600_000);
  });
}

/** The outcome as docs/imports.md shows it. */
function table(
  { taken, duplicate, refused }: ImportBatch,
  refusals: readonly { field: string; code: string; count: number; example: string }[],
): string {
  const rows = [
    ['rows', 'outcome', 'for example'],
    ['---:', '---', '---'],
    [taken, 'taken', ''],
    [duplicate, 'skipped as duplicate', ''],
    [refused, 'refused', ''],
    ...refusals.map(({ field, code, count, example }) => [
      count,
      `- ${field}: ${code}`,
      example.replaceAll('|', '\\|'),
    ]),
  ];
  return `${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}

/** The status of each claim twice: by the policy over the folded stream, and counted by hand from the bare events. */
async function statusesFromLog({ store }: Newsroom) {
  const events = new Map<string, { event: ThreadEvent; revision: bigint; recordedAt: string }[]>();
  for await (const { stream, event, revision, recordedAt } of store.readAll({ filter: { streamPrefix: 'thread-' } })) {
    const known = events.get(stream) ?? [];
    known.push({ event: event as ThreadEvent, revision, recordedAt });
    events.set(stream, known);
  }
  const byPolicy = new Map<string, string>();
  const byCount = new Map<string, string>();
  for (const recorded of events.values()) {
    let state = threadDecider.initialState();
    for (const one of recorded) state = threadDecider.evolve(state, one);
    for (const claim of state.claims.values()) {
      byPolicy.set(claim.claimId, claimStatus(claim.attributions, STANDARD_1).status);
      byCount.set(claim.claimId, countedStatus(recorded.map(({ event }) => event)));
    }
  }
  return { byPolicy, byCount };
}

/** Nobody in this set has standing, hedges or takes back, so that five of the nine rules are all there is. */
function countedStatus(events: readonly ThreadEvent[]): ClaimStatus {
  const last = new Map<string, { at: string; stance: 'for' | 'against' }>();
  let unknown = 0;
  for (const { type, data } of events) {
    if (type !== 'ClaimReported' && type !== 'ClaimDenied') continue;
    if (data.speaker === null) unknown += 1;
    else {
      const before = last.get(data.speaker.group);
      const stance = type === 'ClaimReported' ? 'for' : 'against';
      if (before === undefined || data.statedAt >= before.at)
        last.set(data.speaker.group, { at: data.statedAt, stance });
    }
  }
  const words = [...last.values()].map(({ stance }) => stance);
  const [supporters, deniers] = (['for', 'against'] as const).map((side) => words.filter((it) => it === side).length);
  if (supporters && deniers) return 'disputed';
  if (supporters) return supporters >= 2 ? 'corroborated' : 'reported';
  if (deniers) return 'doubted';
  return unknown > 0 ? 'unverified' : 'open';
}
