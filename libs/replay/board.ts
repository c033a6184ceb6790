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

/** Threads in a row that a page looks at in vain, at most: a filter that nothing passes must not read the whole ledger. */
const MOST_IN_VAIN = 1_000;
const AT_ONCE = 8;
const CHUNK = 50;

export interface ThreadThenRow {
  readonly row: ThreadBoardRow;
  readonly asOf: AsOfNote;
}

/**
 * The board as it was: every thread that was open by then, folded up to there, with the filters applied to what it was
 * then, the one that had changed last by then first. Threads that the read models can rule out are not looked at, so that
 * pages are full; one that looked at very many in vain ends early, with a cursor to go on from.
 */
export async function boardThen(
  { replay, queries }: { readonly replay: Replay; readonly queries: ReadModelQueries },
  filter: Omit<BoardFilter, 'words'>,
  moment: Omit<Moment, 'revision'>,
  { limit, cursor }: PageRequest,
): Promise<Page<ThreadThenRow>> {
  const { recordedUntil = null, statedUntil = null } = moment;
  const items: ThreadThenRow[] = [];
  let after = cursor;
  for (let inVain = 0; inVain < MOST_IN_VAIN; ) {
    const page = await queries.threadsThen(filter, { recordedUntil, statedUntil }, { limit: CHUNK, cursor: after });
    const then = await pMap(page.items, ({ threadId }) => replay.thread(threadId, moment), {
      concurrency: AT_ONCE,
    });
    for (const [index, candidate] of then.entries()) {
      const { threadId, changedAt } = page.items[index] ?? { threadId: '', changedAt: '' };
      after = [changedAt, threadId];
      const row = rowIn(candidate, filter);
      inVain = row === null ? inVain + 1 : 0;
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
