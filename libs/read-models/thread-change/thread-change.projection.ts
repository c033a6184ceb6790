import type { Projection } from '../projection/projection.js';
import type { ThreadStep } from '../projection/thread-folds.js';
import { ThreadChangeEntity, type ThreadChangeRow } from './thread-change.entity.js';

export const threadChangeProjection: Projection = {
  name: 'thread-change',
  version: 1,
  entities: [ThreadChangeEntity],
  apply({ steps }, tables) {
    tables.upsert(ThreadChangeEntity, momentsIn(steps));
  },
};

/** Events of one moment are one change. */
function momentsIn(steps: readonly ThreadStep[]): readonly ThreadChangeRow[] {
  const rows = new Map<string, ThreadChangeRow>();
  for (const { stored, fold } of steps) {
    const { threadId } = fold.state;
    if (threadId === null) continue;
    rows.set(`${threadId} ${stored.recordedAt}`, { threadId, recordedAt: stored.recordedAt });
  }
  return [...rows.values()];
}
