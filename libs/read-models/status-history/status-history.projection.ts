import { type ClaimAssessment, type ClaimId, nameOfPolicy } from '#domain';
import type { Projection } from '../projection/projection.js';
import { changedClaims, type ThreadStep } from '../projection/thread-folds.js';
import { StatusHistoryEntity, type StatusHistoryRow } from './status-history.entity.js';

export const statusHistoryProjection: Projection = {
  name: 'status-history',
  version: 1,
  entities: [StatusHistoryEntity],
  apply({ steps }, tables) {
    tables.upsert(StatusHistoryEntity, steps.flatMap(changesOf));
  },
};

function changesOf(step: ThreadStep): StatusHistoryRow[] {
  const { before, after, stored, fold } = step;
  const rows: StatusHistoryRow[] = [];
  for (const { claimId, was, is } of changedClaims(before, after)) {
    if (!looksAlike(was, is)) rows.push(claimChange(step, claimId, was, is));
  }
  const opened = stored.event.type === 'ThreadOpened';
  // By which policy a thread stands belongs to how it stands, also when the status is the same by both.
  const judgedAnew = stored.event.type === 'ThreadPolicyChanged';
  if (opened || judgedAnew || before.status !== after.status) {
    rows.push({
      ...eventOf(step),
      subjectId: fold.state.threadId ?? '',
      claimId: null,
      claimKey: null,
      statusBefore: opened ? null : before.status,
      statusAfter: after.status,
      ...NOTHING,
    });
  }
  return rows;
}

const NOTHING = {
  originBefore: null,
  originAfter: null,
  ruleBefore: null,
  ruleAfter: null,
  basisBefore: null,
  basisAfter: null,
  challengedBefore: false,
  challengedAfter: false,
};

function looksAlike(was: ClaimAssessment | undefined, is: ClaimAssessment | undefined): boolean {
  return (
    was?.status === is?.status &&
    was?.origin === is?.origin &&
    was?.computed.basis === is?.computed.basis &&
    was?.computed.challenged === is?.computed.challenged
  );
}

function claimChange(
  step: ThreadStep,
  claimId: ClaimId,
  was: ClaimAssessment | undefined,
  is: ClaimAssessment | undefined,
): StatusHistoryRow {
  return {
    ...eventOf(step),
    subjectId: claimId,
    claimId,
    claimKey: step.fold.claimKeys.get(claimId) ?? null,
    statusBefore: was?.status ?? null,
    statusAfter: is?.status ?? null,
    originBefore: was?.origin ?? null,
    originAfter: is?.origin ?? null,
    ruleBefore: was?.computed.rule ?? null,
    ruleAfter: is?.computed.rule ?? null,
    basisBefore: was?.computed.basis ?? null,
    basisAfter: is?.computed.basis ?? null,
    challengedBefore: was?.computed.challenged ?? false,
    challengedAfter: is?.computed.challenged ?? false,
  };
}

function eventOf({ stored, after, fold }: ThreadStep) {
  return {
    position: stored.position,
    threadId: fold.state.threadId ?? '',
    policy: nameOfPolicy(after.policy),
    eventId: stored.id,
    eventType: stored.event.type,
    revision: stored.revision,
    actorId: stored.context.actor.id,
    actorName: stored.context.actor.name,
    recordedAt: stored.recordedAt,
  };
}
