import { type ClaimAssessment, type ClaimId, nameOfPolicy } from '#domain';
import { byThread, type Projection } from '../projection/projection.js';
import type { ThreadFold, ThreadStep } from '../projection/thread-folds.js';
import { countAttributions } from '../thread-board/thread-board.projection.js';
import { ClaimEntity, type ClaimRow } from './claim.entity.js';

export const claimProjection: Projection = {
  name: 'claim',
  version: 1,
  entities: [ClaimEntity],
  apply({ steps }, tables) {
    const gone = goneClaims(steps);
    tables.remove(ClaimEntity, {
      thread_id: gone.map(({ threadId }) => threadId),
      claim_id: gone.map(({ claimId }) => claimId),
    });
    const reworded = new Set(steps.flatMap(rewordedBy));
    const rows = byThread(steps).flatMap(changedRows);
    const isReworded = ({ threadId, claimId }: ClaimRow) => reworded.has(threadId) || reworded.has(claimId);
    tables.upsert(ClaimEntity, rows.filter(isReworded));
    const others = rows.filter((row) => !isReworded(row));
    tables.upsert(ClaimEntity, others, { kept: ['statement', 'language'] });
  },
};

/** The claims of which it brings the words, or the thread of which it changes the language. */
function rewordedBy({ stored: { event }, touched, languageChanged, fold }: ThreadStep): readonly string[] {
  if (languageChanged) return [fold.state.threadId ?? ''];
  return event.type === 'ClaimOpened' || event.type === 'ClaimReworded' || 'claims' in event.data ? [...touched] : [];
}

/** Claims that an unmerge took out of their thread within the batch. */
export function goneClaims(
  steps: readonly ThreadStep[],
): readonly { readonly threadId: string; readonly claimId: ClaimId }[] {
  return steps.flatMap(({ before, fold }) =>
    [...before.claims.keys()]
      .filter((claimId) => !fold.state.claims.has(claimId))
      .map((claimId) => ({ threadId: fold.state.threadId ?? '', claimId })),
  );
}

function changedRows(steps: readonly ThreadStep[]): ClaimRow[] {
  const [first] = steps;
  if (first === undefined) return [];
  const touched = new Set(steps.flatMap((step) => [...step.touched]));
  const all = steps.some((step) => step.languageChanged);
  return [...first.fold.assessment.claims.values()]
    .filter(
      (assessment) =>
        all || touched.has(assessment.claimId) || !sameShown(first.before.claims.get(assessment.claimId), assessment),
    )
    .flatMap((assessment) => claimRow(first.fold, assessment));
}

/** A claim that no event was about may still change what it shows, by what its rivals do. */
function sameShown(was: ClaimAssessment | undefined, is: ClaimAssessment): boolean {
  return (
    was !== undefined &&
    was.status === is.status &&
    was.origin === is.origin &&
    was.lastStatus === is.lastStatus &&
    was.rivals.join() === is.rivals.join()
  );
}

export function claimRow(fold: ThreadFold, assessment: ClaimAssessment): ClaimRow[] {
  const { state, claimOpened, claimLast } = fold;
  const { claimId, computed } = assessment;
  const claim = state.claims.get(claimId);
  const opened = claimOpened.get(claimId);
  const last = claimLast.get(claimId);
  if (claim === undefined || opened === undefined || last === undefined || state.threadId === null) return [];
  return [
    {
      threadId: state.threadId,
      claimId,
      key: claim.key,
      statement: claim.statement,
      core: claim.core,
      standing: claim.standing,
      status: assessment.status,
      origin: assessment.origin,
      computedStatus: computed.status,
      rule: computed.rule,
      basis: computed.basis,
      challenged: computed.challenged,
      lastStatus: assessment.lastStatus,
      ruling: assessment.ruling,
      explanation: { for: computed.for, against: computed.against, setAside: computed.setAside },
      rivals: assessment.rivals,
      ...countAttributions(claim.attributions),
      voicesFor: computed.for.length,
      voicesAgainst: computed.against.length,
      carriedFrom: claim.carriedFrom,
      language: state.details?.language ?? 'und',
      policy: nameOfPolicy(computed.policy),
      openedAt: opened.stored.recordedAt,
      openedPosition: opened.stored.position,
      openedIndex: opened.index,
      changedAt: last.recordedAt,
      position: last.position,
      revision: last.revision,
    },
  ];
}
