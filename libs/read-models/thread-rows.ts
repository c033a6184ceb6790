import type { ClaimRow } from './claim/claim.entity.js';
import { claimRow } from './claim/claim.projection.js';
import type { ThreadFold } from './projection/thread-folds.js';
import type { ThreadBoardRow } from './thread-board/thread-board.entity.js';
import { boardRow } from './thread-board/thread-board.projection.js';

export interface ThreadRows {
  readonly thread: ThreadBoardRow;
  /** In the order in which they were opened. */
  readonly claims: readonly ClaimRow[];
}

/** The rows that the read models hold of a thread folded this far: made here for a moment that has passed. */
export function threadRows(fold: ThreadFold): ThreadRows | null {
  const [thread] = boardRow(fold);
  if (thread === undefined) return null;
  const claims = [...fold.assessment.claims.values()].flatMap((assessment) => claimRow(fold, assessment));
  return { thread, claims: claims.toSorted(inOrderOfOpening) };
}

function inOrderOfOpening(a: ClaimRow, b: ClaimRow): number {
  if (a.openedPosition !== b.openedPosition) return a.openedPosition < b.openedPosition ? -1 : 1;
  return a.openedIndex - b.openedIndex;
}
