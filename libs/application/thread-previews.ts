import {
  type AssessableThread,
  type AttributionRecord,
  assessThread,
  type ClaimAssessment,
  type CorrectAttribution,
  type Instant,
  type NewAttribution,
  type ThreadAssessment,
  type ThreadEvent,
  type ThreadId,
  type ThreadState,
  threadDecider,
} from '#domain';

/** What an attribution would do. */
export interface AttributionPreview {
  readonly threadId: ThreadId;
  readonly attribution: AttributionRecord;
  /** False: the thread has it already, so posting it adds nothing. */
  readonly changed: boolean;
  readonly before: ThreadAssessment;
  readonly after: ThreadAssessment;
  readonly claim: {
    readonly before: ClaimAssessment | null;
    readonly after: ClaimAssessment | null;
    readonly key: string | null;
  };
}

interface Occasion {
  readonly threadId: ThreadId;
  readonly now: Instant;
}

/**
 * The state belongs to the writer, so nothing is folded into it: the claim is assessed as if it had one word more.
 * @throws Refusal where recording it would
 */
export function previewOf(state: ThreadState, attribution: NewAttribution, occasion: Occasion): AttributionPreview {
  const events = threadDecider.decide({ type: 'RecordAttribution', attribution }, state);
  return preview(state, attribution, events, occasion);
}

/**
 * The same of a correction: as if it had one word more, and the one that is corrected counted no more.
 * @throws Refusal where correcting it would
 */
export function previewOfCorrection(
  state: ThreadState,
  command: CorrectAttribution,
  occasion: Occasion,
): AttributionPreview {
  return preview(state, command.replacement, threadDecider.decide(command, state), occasion);
}

function preview(
  state: ThreadState,
  attribution: NewAttribution,
  events: readonly ThreadEvent[],
  { threadId, now }: Occasion,
): AttributionPreview {
  const [event] = events;
  const { stance, standing, ...rest } = attribution;
  const facts = event !== undefined && 'speaker' in event.data ? event.data : { ...rest, standing: standing ?? false };
  const known = state.attributions.get(state.attributionIdByKey.get(facts.key ?? '') ?? facts.attributionId);
  const record = known ?? { ...facts, stance, recordedAt: now, revision: state.revision + 1n, takenBack: null };
  const before = assessThread(state);
  const after = event === undefined ? before : assessThread(asIf(state, record, events, now));
  const { claimId } = record;
  const claim = {
    before: before.claims.get(claimId) ?? null,
    after: after.claims.get(claimId) ?? null,
    key: state.claims.get(claimId)?.key ?? null,
  };
  return { threadId, attribution: record, changed: event !== undefined, before, after, claim };
}

function asIf(
  state: ThreadState,
  record: AttributionRecord,
  events: readonly ThreadEvent[],
  now: Instant,
): AssessableThread {
  const claims = new Map(state.claims);
  const change = (claimId: string, words: (before: readonly AttributionRecord[]) => AttributionRecord[]) => {
    const claim = claims.get(claimId);
    if (claim !== undefined) claims.set(claimId, { ...claim, attributions: words(claim.attributions) });
  };
  for (const event of events) {
    if (event.type !== 'AttributionCorrected') continue;
    const { attributionId, statedAt, replacedBy } = event.data;
    const takenBack = { how: 'corrected', statedAt, recordedAt: now, replacedBy } as const;
    const claimId = state.attributions.get(attributionId)?.claimId ?? '';
    change(claimId, (words) =>
      words.map((word) => (word.attributionId === attributionId ? { ...word, takenBack } : word)),
    );
  }
  change(record.claimId, (words) => [...words, record]);
  return { policy: state.policy, claims, exclusiveSets: state.exclusiveSets };
}
