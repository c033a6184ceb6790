import { type AttributionRecord, type ClaimStatus, nameOfPolicy, type Stance, type ThreadAssessment } from '#domain';
import type { Projection, ProjectionBatch } from '../projection/projection.js';
import type { ThreadEnd } from '../projection/thread-folds.js';
import { ThreadBoardEntity, type ThreadBoardRow, ThreadSlugEntity, type ThreadSlugRow } from './thread-board.entity.js';

export const threadBoardProjection: Projection = {
  name: 'thread-board',
  version: 1,
  entities: [ThreadBoardEntity, ThreadSlugEntity],
  reads: 'ends',
  looksAt: ['ThreadOpened', 'ThreadRevised'],
  apply(batch, tables) {
    const slugs = takenSlugs(batch);
    const revised = new Set(slugs.map(({ threadId }) => threadId));
    const rows = [...batch.ends.values()].flatMap(boardRow);
    const isRevised = ({ threadId }: ThreadBoardRow) => revised.has(threadId);
    tables.upsert(ThreadBoardEntity, rows.filter(isRevised));
    const others = rows.filter((row) => !isRevised(row));
    tables.upsert(ThreadBoardEntity, others, { kept: ['slug', 'headline', 'language'] });
    tables.upsert(ThreadSlugEntity, slugs);
  },
};

/** Each with its last taking: a thread may go back to a slug that it had. */
function takenSlugs({ events, ends }: ProjectionBatch): readonly ThreadSlugRow[] {
  const taken = new Map<string, ThreadSlugRow>();
  for (const { event, position, stream } of events) {
    if (event.type !== 'ThreadOpened' && event.type !== 'ThreadRevised') continue;
    const threadId = ends.get(stream)?.state.threadId ?? '';
    const { slug } = event.data;
    taken.set(`${threadId} ${slug}`, { slug, threadId, position });
  }
  return [...taken.values()];
}

export function boardRow({ state, assessment, opened, last }: ThreadEnd): ThreadBoardRow[] {
  const { threadId, details } = state;
  if (threadId === null || details === null || opened === null || last === null) return [];
  return [
    {
      threadId,
      slug: details.slug,
      headline: details.headline,
      desk: details.desk,
      topics: details.topics,
      language: details.language,
      lifecycle: state.lifecycle,
      mergedInto: state.mergedInto,
      status: assessment.status,
      claimCount: assessment.claims.size,
      coreClaimCount: [...assessment.claims.values()].filter((claim) => claim.core).length,
      claimsByStatus: countStatuses(assessment),
      ...countAttributions(...[...state.claims.values()].map((claim) => claim.attributions)),
      openQuestionCount: assessment.openQuestions.length,
      openQuestions: assessment.openQuestions,
      policy: nameOfPolicy(assessment.policy),
      openedAt: opened.recordedAt,
      changedAt: last.recordedAt,
      position: last.position,
      revision: last.revision,
    },
  ];
}

function countStatuses(assessment: ThreadAssessment): Partial<Record<ClaimStatus, number>> {
  const counts: Partial<Record<ClaimStatus, number>> = {};
  for (const { status } of assessment.claims.values()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** What a thread and a claim both count of their attributions. */
export function countAttributions(
  ...lists: readonly (readonly AttributionRecord[])[]
): Pick<ThreadBoardRow, 'attributionCount' | 'takenBackCount' | 'attributionsByStance'> {
  const attributionsByStance: Partial<Record<Stance, number>> = {};
  let attributionCount = 0;
  let takenBackCount = 0;
  for (const attributions of lists) {
    attributionCount += attributions.length;
    for (const { stance, takenBack } of attributions) {
      if (takenBack !== null) takenBackCount += 1;
      else attributionsByStance[stance] = (attributionsByStance[stance] ?? 0) + 1;
    }
  }
  return { attributionCount, takenBackCount, attributionsByStance };
}
