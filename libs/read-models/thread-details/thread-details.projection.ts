import type { Projection } from '../projection/projection.js';
import type { ThreadStep } from '../projection/thread-folds.js';
import { ThreadDetailsEntity, type ThreadDetailsRow } from './thread-details.entity.js';

export const threadDetailsProjection: Projection = {
  name: 'thread-details',
  version: 1,
  entities: [ThreadDetailsEntity],
  apply({ steps }, tables) {
    tables.upsert(ThreadDetailsEntity, steps.flatMap(detailsIn));
  },
};

function detailsIn({ stored, fold }: ThreadStep): ThreadDetailsRow[] {
  const { event, position, recordedAt } = stored;
  if (event.type !== 'ThreadOpened' && event.type !== 'ThreadRevised') return [];
  const { slug, headline, desk, topics } = event.data;
  return [{ threadId: fold.state.threadId ?? '', position, slug, headline, desk, topics, recordedAt }];
}
