import type { AttributionRecord } from '#domain';
import type { AttributionRow } from './attribution/attribution.entity.js';
import { type AttributionPart, attributionRow, partsIn } from './attribution/attribution.projection.js';
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

/** The same of attributions of the thread, in the order given. */
export function attributionRows(fold: ThreadFold, attributions: readonly AttributionRecord[]): AttributionRow[] {
  const parts = new Map<string, ReadonlyMap<string, AttributionPart>>();
  return attributions.flatMap((attribution) => {
    const { claimId } = attribution;
    const claim = fold.state.claims.get(claimId);
    const assessment = fold.assessment.claims.get(claimId);
    if (claim === undefined || assessment === undefined) return [];
    const part = parts.get(claimId) ?? partsIn(assessment);
    parts.set(claimId, part);
    return attributionRow(fold, claim, attribution, part);
  });
}

function inOrderOfOpening(a: ClaimRow, b: ClaimRow): number {
  if (a.openedPosition !== b.openedPosition) return a.openedPosition < b.openedPosition ? -1 : 1;
  return a.openedIndex - b.openedIndex;
}
