import type { AttributionRecord, ClaimAssessment, ClaimRecord } from '#domain';
import { goneClaims } from '../claim/claim.projection.js';
import { byThread, type Projection } from '../projection/projection.js';
import type { ThreadFold, ThreadStep } from '../projection/thread-folds.js';
import { AttributionEntity, type AttributionRow } from './attribution.entity.js';

export const attributionProjection: Projection = {
  name: 'attribution',
  version: 1,
  entities: [AttributionEntity],
  apply({ steps }, tables) {
    const gone = goneClaims(steps);
    tables.remove(AttributionEntity, {
      thread_id: gone.map(({ threadId }) => threadId),
      claim_id: gone.map(({ claimId }) => claimId),
    });
    tables.upsert(AttributionEntity, byThread(steps).flatMap(changedRows));
  },
};

/** Of a claim with thousands of attributions a new one changes few rows: only those are written. */
function changedRows(steps: readonly ThreadStep[]): AttributionRow[] {
  const [first] = steps;
  if (first === undefined) return [];
  const { before, fold } = first;
  const named = new Set(steps.flatMap(attributionsOf));
  const all = steps.some((step) => step.languageChanged);
  return [...fold.assessment.claims.values()].flatMap((assessment) => {
    const { claimId, computed } = assessment;
    const claim = fold.state.claims.get(claimId);
    const earlier = before.claims.get(claimId);
    // A claim whose attributions changed has a new result; the others share theirs with the step before.
    if (claim === undefined || (!all && earlier?.computed === computed)) return [];
    const was = earlier === undefined ? new Map<string, AttributionPart>() : partsIn(earlier);
    const is = partsIn(assessment);
    return claim.attributions
      .filter(({ attributionId: id }) => all || named.has(id) || !same(was.get(id), is.get(id)))
      .flatMap((attribution) => attributionRow(fold, claim, attribution, is));
  });
}

/** Those that the event records, carries or takes back. */
function attributionsOf({ stored, takenBack }: ThreadStep): readonly string[] {
  const { data } = stored.event;
  if ('speaker' in data) return [data.attributionId];
  if ('claims' in data) {
    return data.claims.flatMap((claim) => claim.attributions.map(({ attributionId }) => attributionId));
  }
  return takenBack === null ? [] : [takenBack.attributionId];
}

function same(left: AttributionPart | undefined, right: AttributionPart | undefined): boolean {
  return (
    left?.counted === right?.counted && left?.setAside === right?.setAside && left?.setAsideBy === right?.setAsideBy
  );
}

/** The part that an attribution plays in the count of its claim. */
export type AttributionPart = Pick<AttributionRow, 'counted' | 'setAside' | 'setAsideBy'>;
export const NO_PART: AttributionPart = { counted: null, setAside: null, setAsideBy: null };

/** By attribution id: on which side of the count it is, or why on none. */
export function partsIn({ computed }: ClaimAssessment): ReadonlyMap<string, AttributionPart> {
  const standings = new Map<string, AttributionPart>();
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

export function attributionRow(
  { state, attributionOrigin, takenBackBy }: ThreadFold,
  claim: ClaimRecord,
  attribution: AttributionRecord,
  standings: ReadonlyMap<string, AttributionPart>,
): AttributionRow[] {
  const origin = attributionOrigin.get(attribution.attributionId);
  if (origin === undefined || state.threadId === null) return [];
  const { takenBack } = attribution;
  const part = standings.get(attribution.attributionId) ?? NO_PART;
  // Of a moment before it was said, what took it back later is none.
  const takeBack = takenBack === null ? undefined : takenBackBy.get(attribution.attributionId);
  const takeBackData = takeBack?.event.data;
  // Written out: an object of so many columns that is spread from others takes fifty times the memory.
  return [
    {
      threadId: state.threadId,
      attributionId: attribution.attributionId,
      claimId: attribution.claimId,
      key: attribution.key,
      stance: attribution.stance,
      speakerId: attribution.speaker?.sourceId ?? null,
      speaker: attribution.speaker,
      via: attribution.via,
      viaIds: attribution.via.map((conduit) => conduit.sourceId),
      onRecord: attribution.onRecord,
      vouchedBy: attribution.vouchedBy,
      tentative: attribution.tentative,
      standing: attribution.standing,
      statedAt: attribution.statedAt,
      recordedAt: attribution.recordedAt,
      revision: attribution.revision,
      quote: attribution.quote,
      url: attribution.url,
      note: attribution.note,
      language: state.details?.language ?? 'und',
      carriedFrom: claim.carriedFrom,
      eventId: origin.id,
      position: origin.position,
      actorId: origin.actor.id,
      actorName: origin.actor.name,
      batchId: origin.batchId,
      counted: part.counted,
      setAside: part.setAside,
      setAsideBy: part.setAsideBy,
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
