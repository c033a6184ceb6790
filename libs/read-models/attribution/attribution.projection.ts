import type { AttributionRecord, ClaimAssessment, ClaimRecord } from '#domain';
import { goneClaims } from '../claim/claim.projection.js';
import { lastSteps, type Projection } from '../projection/projection.js';
import type { ThreadFold } from '../projection/thread-folds.js';
import { AttributionEntity, type AttributionRow } from './attribution.entity.js';

export const attributionProjection: Projection = {
  name: 'attribution',
  version: 1,
  entities: [AttributionEntity],
  async apply({ steps }, tables) {
    const gone = goneClaims(steps);
    await tables.remove(AttributionEntity, {
      thread_id: gone.map(({ threadId }) => threadId),
      claim_id: gone.map(({ claimId }) => claimId),
    });
    const changed = new Map<ThreadFold, Set<string>>();
    for (const { before, after, fold } of steps) {
      const claims = changed.get(fold) ?? new Set();
      for (const [claimId, { computed }] of after.claims) {
        // A claim whose attributions changed has a new result; the others share theirs with the step before.
        if (before.claims.get(claimId)?.computed !== computed) claims.add(claimId);
      }
      changed.set(fold, claims);
    }
    await tables.upsert(
      AttributionEntity,
      lastSteps(steps).flatMap(({ fold }) =>
        [...(changed.get(fold) ?? [])].flatMap((claimId) => rowsOf(fold, claimId)),
      ),
    );
  },
};

function rowsOf(fold: ThreadFold, claimId: string): AttributionRow[] {
  const claim = fold.state.claims.get(claimId);
  const assessment = fold.assessment.claims.get(claimId);
  if (claim === undefined || assessment === undefined) return [];
  const standing = standingsIn(assessment);
  return claim.attributions.flatMap((attribution) => attributionRow(fold, claim, attribution, standing));
}

type Standing = Pick<AttributionRow, 'counted' | 'setAside' | 'setAsideBy'>;
const NO_PART: Standing = { counted: null, setAside: null, setAsideBy: null };

/** By attribution id: on which side of the count it is, or why on none. */
function standingsIn({ computed }: ClaimAssessment): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const { attributionId, reason, by } of computed.setAside) {
    standings.set(attributionId, { counted: null, setAside: reason, setAsideBy: by });
  }
  for (const id of computed.for.flatMap((voice) => voice.attributionIds)) {
    standings.set(id, { ...NO_PART, counted: 'for' });
  }
  for (const id of computed.against.flatMap((voice) => voice.attributionIds)) {
    standings.set(id, { ...NO_PART, counted: 'against' });
  }
  return standings;
}

function attributionRow(
  { state, attributionOrigin, takenBackBy }: ThreadFold,
  claim: ClaimRecord,
  attribution: AttributionRecord,
  standings: ReadonlyMap<string, Standing>,
): AttributionRow[] {
  const origin = attributionOrigin.get(attribution.attributionId);
  if (origin === undefined || state.threadId === null) return [];
  const takeBack = takenBackBy.get(attribution.attributionId);
  const takeBackData = takeBack?.event.data;
  const { takenBack, ...facts } = attribution;
  return [
    {
      ...facts,
      threadId: state.threadId,
      speakerId: facts.speaker?.sourceId ?? null,
      viaIds: facts.via.map((conduit) => conduit.sourceId),
      language: state.details?.language ?? 'und',
      carriedFrom: claim.carriedFrom,
      eventId: origin.id,
      position: origin.position,
      actorId: origin.context.actor.id,
      actorName: origin.context.actor.name,
      batchId: origin.context.batchId,
      ...(standings.get(attribution.attributionId) ?? NO_PART),
      takenBackHow: takenBack?.how ?? null,
      takenBackStatedAt: takenBack?.statedAt ?? null,
      takenBackRecordedAt: takenBack?.recordedAt ?? null,
      replacedBy: takenBack?.replacedBy ?? null,
      takenBackBy: takeBackData !== undefined && 'takenBackBy' in takeBackData ? takeBackData.takenBackBy : null,
      takenBackReason: takeBackData !== undefined && 'reason' in takeBackData ? takeBackData.reason : null,
      takenBackEventId: takeBack?.id ?? null,
    },
  ];
}
