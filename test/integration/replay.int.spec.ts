import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoardFilter, type Page, type ThreadRows, threadRows } from '#read-models';
import { boardThen, type Moment, type ReplayStep, type ThreadThenRow } from '#replay';
import { mergeAndPart, tellAndAmend } from '../busy-newsroom.js';
import { type Newsroom, openNewsroom } from '../newsroom.js';
import { commandContext } from '../tell-story.js';

type BoardThenFilter = Omit<BoardFilter, 'words'>;
const slug = (n: number) => `kim-putin-visit-${n}`;

/** Four stories with everything that a thread can go through; 0 is merged into 1, and 2 was in 3 for a while. */
describe('the replay of a busy newsroom', () => {
  let newsroom: Newsroom;
  const ids: string[] = [];
  beforeAll(async () => {
    newsroom = await openNewsroom();
    newsroom.startProjector();
    for (let n = 0; n < 4; n++) await tellAndAmend(newsroom, `-${n}`);
    await mergeAndPart(newsroom);
    for (let n = 0; n < 4; n++) ids.push(await newsroom.threads.idOf(slug(n)));
    await newsroom.settled();
  }, 120_000);
  afterAll(() => newsroom.close());

  const idOf = (n: number) => ids[n] ?? '';
  const asOf = async (n: number, moment: Moment = {}): Promise<ThreadRows> => {
    const rows = threadRows((await newsroom.replay.thread(idOf(n), moment)).fold);
    if (rows === null) throw new Error('a thread that is open has rows');
    return rows;
  };
  const stepsOf = (n: number) => newsroom.replay.steps(idOf(n));
  const stepOf = async (n: number, type: string): Promise<ReplayStep> => {
    const step = (await stepsOf(n)).findLast(({ stored }) => stored.event.type === type);
    if (step === undefined) throw new Error(`thread ${n} has no ${type}`);
    return step;
  };
  const statuses = ({ claims }: ThreadRows) => claims.map(({ claimId, status, rule }) => [claimId, status, rule]);

  it.each([0, 1, 2, 3])('as of now holds just what the read models hold: thread %i', async (n) => {
    const { thread, claims } = await asOf(n);
    expect(thread).toEqual(await newsroom.queries.thread(idOf(n)));
    expect(claims).toEqual(await newsroom.queries.claims(idOf(n)));
  });

  it.each([0, 1, 2, 3])('each step leads to the thread as of its revision: thread %i', async (n) => {
    const standing = new Map<string, unknown[]>();
    for (const { stored, claims, threadStatus } of await stepsOf(n)) {
      for (const { claimId, to } of claims) {
        if (to === null) standing.delete(claimId);
        else standing.set(claimId, [claimId, to.status, to.rule]);
      }
      const then = await asOf(n, { revision: stored.revision });
      expect(then.thread.status).toBe(threadStatus);
      expect(new Map(statuses(then).map((row) => [row[0], row]))).toEqual(standing);
    }
  });

  it('says the same of a revision and of the moment at which it was recorded', async () => {
    for (const { stored } of await stepsOf(3)) {
      const byTime = await asOf(3, { recordedUntil: stored.recordedAt });
      // Of events recorded in one millisecond the last.
      expect(byTime.thread.revision).toBeGreaterThanOrEqual(stored.revision);
      expect(byTime).toEqual(await asOf(3, { revision: byTime.thread.revision }));
    }
  });

  it('lets two threads stand apart before their merge', async () => {
    const merge = await stepOf(1, 'ThreadMerged');
    const before = await asOf(1, { revision: merge.stored.revision - 1n });
    const after = await asOf(1, { revision: merge.stored.revision });
    expect(before.claims).toHaveLength(6);
    expect(before.claims.every(({ carriedFrom }) => carriedFrom === null)).toBe(true);
    expect(after.claims.filter(({ carriedFrom }) => carriedFrom === idOf(0))).toHaveLength(6);
    // Nothing of the other story shows, though its words were recorded before this one was told.
    const own = new Set(before.claims.map(({ claimId }) => claimId));
    expect(statuses(after).filter(([claimId]) => own.has(String(claimId)))).toEqual(statuses(before));
    const gone = await asOf(0, { revision: (await stepOf(0, 'ThreadMerged')).stored.revision - 1n });
    expect(gone.thread.lifecycle).toBe('active');
    expect((await asOf(0)).thread).toMatchObject({ lifecycle: 'merged', mergedInto: idOf(1) });
  });

  it('tells a merge and its undoing in both threads', async () => {
    const merged = await stepOf(3, 'ThreadMerged');
    const parted = await stepOf(3, 'ThreadUnmerged');
    const carried = merged.claims.map(({ claimId }) => claimId);
    expect(carried).toHaveLength(6);
    expect(merged.claims.every(({ from, to }) => from === null && to !== null)).toBe(true);
    expect(parted.claims.every(({ from, to }) => from !== null && to === null)).toBe(true);
    const together = await asOf(3, { revision: parted.stored.revision - 1n });
    expect(together.claims.filter(({ carriedFrom }) => carriedFrom === idOf(2))).toHaveLength(6);
    const back = await stepOf(2, 'ThreadUnmerged');
    const before = await asOf(2, { revision: back.stored.revision - 1n });
    const after = await asOf(2, { revision: back.stored.revision });
    // What the survivor heard meanwhile came back with the claims.
    expect(after.thread.attributionCount).toBe(before.thread.attributionCount + 3);
    expect(back.claims.length).toBeGreaterThan(0);
  });

  it('sees what was recorded a moment ago, however often it was asked before', async () => {
    const { threads } = newsroom;
    const head = (await asOf(1)).thread.revision;
    await threads.reopen(idOf(1), 'more', commandContext());
    expect((await asOf(1)).thread).toMatchObject({ revision: head + 1n, lifecycle: 'active' });
    expect((await stepsOf(1)).at(-1)?.stored.event.type).toBe('ThreadReopened');
    expect((await asOf(1, { revision: head })).thread.lifecycle).toBe('closed');
  });

  describe('on the board', () => {
    const board = async (filter: BoardThenFilter, moment: Moment, limit = 50) => {
      const rows: ThreadThenRow[] = [];
      let cursor: readonly string[] | null = null;
      do {
        const page: Page<ThreadThenRow> = await boardThen(newsroom, filter, moment, { limit, cursor });
        rows.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      return rows;
    };
    const numbers = (rows: readonly ThreadThenRow[]) => rows.map(({ row }) => ids.indexOf(row.threadId));
    const now = () => ({ recordedUntil: new Date(Date.now() + 1_000).toISOString() });

    it('as of now shows what the live board shows', async () => {
      await newsroom.settled();
      const live = (await newsroom.queries.board({}, { limit: 50, cursor: null })).items;
      expect((await board({}, now())).map(({ row }) => row)).toEqual(live);
    });

    it('is paged without gap or repeat, in full pages, the one that had changed last by then first', async () => {
      await newsroom.settled();
      const steps = await Promise.all(ids.map((_, n) => stepsOf(n)));
      const moments = steps.flatMap((of) => of.map(({ stored }) => stored.recordedAt)).toSorted();
      for (const part of [0.2, 0.5, 0.8, 1]) {
        const recordedUntil = moments[Math.ceil(part * (moments.length - 1))] ?? '';
        const expected = steps
          .flatMap((of, n) => {
            const last = of.findLast(({ stored }) => stored.recordedAt <= recordedUntil);
            return last === undefined ? [] : [{ n, at: last.stored.recordedAt, id: ids[n] ?? '' }];
          })
          .toSorted((one, other) => (`${one.at} ${one.id}` < `${other.at} ${other.id}` ? 1 : -1))
          .map(({ n }) => n);
        for (const limit of [1, 3, 50]) expect(numbers(await board({}, { recordedUntil }, limit))).toEqual(expected);
        const page = await boardThen(newsroom, {}, { recordedUntil }, { limit: 2, cursor: null });
        expect(numbers(page.items)).toEqual(expected.slice(0, 2));
      }
    });

    it('before a merge shows two threads that go on, and knows nothing of what was opened later', async () => {
      const merge = await stepOf(0, 'ThreadMerged');
      const before = (await stepsOf(0)).findLast(({ stored }) => stored.recordedAt < merge.stored.recordedAt);
      const moment = { recordedUntil: before?.stored.recordedAt };
      expect(numbers(await board({ lifecycle: ['merged'] }, moment))).toEqual([]);
      expect(numbers(await board({ lifecycle: ['merged'] }, now()))).toEqual([0]);
      const [first] = await stepsOf(1);
      const early = (await stepsOf(0)).findLast(({ stored }) => stored.recordedAt < (first?.stored.recordedAt ?? ''));
      expect(numbers(await board({}, { recordedUntil: early?.stored.recordedAt }))).toEqual([0]);
    });

    it('goes by what each thread was then: its status, its desk, its topics, who had spoken', async () => {
      const spoken = (await stepsOf(3)).find(({ attribution }) => attribution !== null);
      const moment = { recordedUntil: spoken?.stored.recordedAt };
      const speakerId = spoken?.attribution?.speaker?.sourceId ?? '';
      const at = async (filter: BoardThenFilter) => numbers(await board(filter, moment));
      expect(await at({ speakerId })).toEqual([3]);
      expect(await at({ status: ['developing'] })).toContain(3);
      expect(await at({ status: ['confirmed'] })).not.toContain(3);
      expect(await at({ desk: ['sport'] })).toEqual([]);
      expect(await at({ desk: ['asia'], topic: ['russia'] })).toEqual([3, 2, 1, 0]);
      expect(await at({ changedSince: spoken?.stored.recordedAt ?? '' })).toEqual([3]);
    });

    it('with what had been said by then leaves out later words', async () => {
      const rows = await board({}, { statedUntil: '2023-09-01T00:00:00.000Z' });
      // One word on "arms" and what corrected it, which was recorded later and goes by the time of the first.
      expect(rows.find(({ row }) => row.threadId === idOf(0))?.row.attributionCount).toBe(2);
      expect(rows.every(({ asOf }) => asOf.statedUntil === '2023-09-01T00:00:00.000Z')).toBe(true);
    });
  });
});
