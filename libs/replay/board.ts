import pMap from 'p-map';
import type { Instant } from '#domain';
import {
  type BoardFilter,
  type Page,
  type PageRequest,
  type ReadModelQueries,
  type ThreadBoardRow,
  threadRows,
} from '#read-models';
import type { AsOfNote, Moment } from './as-of.js';
import type { Replay, ThreadThen } from './replay.js';

/** Threads that one page looks at, at most: a filter that nothing passes must not read the whole ledger. */
const MOST_FOLDED = 1_000;
const AT_ONCE = 8;
const CHUNK = 50;

export interface ThreadThenRow {
  readonly row: ThreadBoardRow;
  readonly asOf: AsOfNote;
}

/**
 * The board as it was: every thread that was open by then, folded up to there, with the filters applied to what it was
 * then. The last opened first, for when a thread last changed depends on the moment. A page looks at a bounded number
 * of threads, so that it may hold fewer than asked for and still have a next one.
 */
export async function boardThen(
  { replay, queries }: { readonly replay: Replay; readonly queries: ReadModelQueries },
  filter: Omit<BoardFilter, 'words'>,
  moment: Omit<Moment, 'revision'>,
  { limit, cursor }: PageRequest,
): Promise<Page<ThreadThenRow>> {
  const items: ThreadThenRow[] = [];
  let after = cursor;
  for (let looked = 0; looked < MOST_FOLDED; looked += CHUNK) {
    const page = await queries.threadsOpened(moment.recordedUntil ?? null, { limit: CHUNK, cursor: after });
    const then = await pMap(page.items, ({ threadId }) => replay.thread(threadId, moment), {
      concurrency: AT_ONCE,
    });
    for (const [index, candidate] of then.entries()) {
      const { threadId, openedAt } = page.items[index] ?? { threadId: '', openedAt: '' };
      after = [openedAt, threadId];
      const row = rowIn(candidate, filter);
      if (row === null) continue;
      items.push({ row, asOf: candidate.asOf });
      const isLast = page.next === null && index === then.length - 1;
      if (items.length === limit) return { items, next: isLast ? null : after };
    }
    if (page.next === null) return { items, next: null };
  }
  return { items, next: after };
}

function rowIn({ fold }: ThreadThen, filter: Omit<BoardFilter, 'words'>): ThreadBoardRow | null {
  const row = threadRows(fold)?.thread ?? null;
  if (row === null) return null;
  const { status, lifecycle, desk, topic, speakerId, changedSince, changedUntil } = filter;
  const passes =
    (status === undefined || status.includes(row.status)) &&
    (lifecycle === undefined || lifecycle.includes(row.lifecycle)) &&
    (desk === undefined || desk.includes(row.desk)) &&
    (topic === undefined || topic.some((each) => row.topics.includes(each))) &&
    isWithin(row.changedAt, changedSince, changedUntil) &&
    (speakerId === undefined ||
      [...fold.state.attributions.values()].some((each) => each.speaker?.sourceId === speakerId));
  return passes ? row : null;
}

function isWithin(instant: Instant, since: Instant | undefined, until: Instant | undefined): boolean {
  return (since === undefined || instant >= since) && (until === undefined || instant <= until);
}
