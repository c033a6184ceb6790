import type { AttributionRecord, ClaimId, Stance } from '#domain';
import { type AttributionRow, attributionRows, type Page, type PageRequest } from '#read-models';
import type { ThreadThen } from './replay.js';

export interface AttributionsThen {
  readonly claimId?: ClaimId | undefined;
  readonly stance?: readonly Stance[] | undefined;
}

type Key = readonly [recordedAt: string, revision: bigint, attributionId: string];

/** The attributions of a thread as they stood, in the order of recording, each with the part that it played then. */
export function attributionsThen(
  { fold }: ThreadThen,
  { claimId, stance }: AttributionsThen,
  { limit, cursor }: PageRequest,
): Page<AttributionRow> {
  const after = cursor === null ? null : keyIn(cursor);
  const rest = [...fold.state.attributions.values()]
    .filter(
      (attribution) =>
        (claimId === undefined || attribution.claimId === claimId) &&
        (stance === undefined || stance.includes(attribution.stance)) &&
        (after === null || compare(keyOf(attribution), after) > 0),
    )
    .sort((a, b) => compare(keyOf(a), keyOf(b)));
  // Rows are made of what is shown: a long thread has many more.
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const next = rest.length > limit && last !== undefined ? keyOf(last).map(String) : null;
  return { items: attributionRows(fold, shown), next };
}

function keyOf({ recordedAt, revision, attributionId }: AttributionRecord): Key {
  return [recordedAt, revision, attributionId];
}

/** A cursor of another list leads nowhere in particular, and does no harm. */
function keyIn([recordedAt = '', revision = '', attributionId = '']: readonly string[]): Key {
  return [recordedAt, BigInt(/^\d{1,18}$/.exec(revision)?.[0] ?? 0), attributionId];
}

function compare(a: Key, b: Key): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}
