import { memo } from 'react';
import { Link } from 'wouter';
import type { ClaimStatus, Thread } from '../api/types.js';
import { Ago } from '../moments/moment.js';
import { StatusGlyph } from '../status/status-glyph.js';
import { ThreadStatusMark } from '../status/status-mark.js';
import { CLAIM_MEANINGS } from '../status/status-meanings.js';

export const BoardRow = memo(function BoardRow({ thread }: { readonly thread: Thread }) {
  const { slug, headline, status, lifecycle, desk, topics, attributionCount, changedAt } = thread;
  return (
    <article className="board-row">
      <ThreadStatusMark status={status} />
      <div className="story">
        <Link href={`/threads/${slug}`} className="headline">
          {headline}
        </Link>
        <p className="about">
          <span>{desk}</span>
          {topics.map((topic) => (
            <span key={topic}>{topic}</span>
          ))}
          {lifecycle !== 'active' && <span className="tag">{lifecycle}</span>}
        </p>
      </div>
      <ClaimTally byStatus={thread.claimsByStatus as Partial<Record<ClaimStatus, number>>} />
      <p className="measure">
        <span>{attributionCount === 1 ? '1 attribution' : `${attributionCount} attributions`}</span>
        <Ago at={changedAt} />
      </p>
    </article>
  );
});

/** How many claims stand where: a shape and a number each, said in words to who listens. */
function ClaimTally({ byStatus }: { readonly byStatus: Partial<Record<ClaimStatus, number>> }) {
  const counts = (Object.keys(CLAIM_MEANINGS) as ClaimStatus[]).flatMap((status) => {
    const count = byStatus[status] ?? 0;
    return count === 0 ? [] : [{ status, count, word: CLAIM_MEANINGS[status].word }];
  });
  const said = counts.map(({ count, word }) => `${count} ${word.toLowerCase()}`).join(', ');
  return (
    <p className="claim-tally" title={said}>
      <span className="visually-hidden">{said === '' ? 'No claims' : `Claims: ${said}`}</span>
      {counts.map(({ status, count }) => (
        <span key={status} className={`tone-${status}`} aria-hidden="true">
          <StatusGlyph status={status} />
          {count}
        </span>
      ))}
    </p>
  );
}
