import {
  type AttributionRecord,
  assessThread,
  type ClaimAssessment,
  type Instant,
  type NewAttribution,
  STANDARD_1,
  type ThreadAssessment,
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

/**
 * The state belongs to the writer, so nothing is folded into it: the claim is assessed as if it had one word more.
 * @throws Refusal where recording it would
 */
export function previewOf(
  state: ThreadState,
  attribution: NewAttribution,
  { threadId, now }: { readonly threadId: ThreadId; readonly now: Instant },
): AttributionPreview {
  const [event] = threadDecider.decide({ type: 'RecordAttribution', attribution }, state);
  const { stance, standing, ...rest } = attribution;
  const facts = event !== undefined && 'speaker' in event.data ? event.data : { ...rest, standing: standing ?? false };
  const known = state.attributions.get(state.attributionIdByKey.get(facts.key ?? '') ?? facts.attributionId);
  const record = known ?? { ...facts, stance, recordedAt: now, revision: state.revision + 1n, takenBack: null };
  const before = assessThread(state, STANDARD_1);
  const after = event === undefined ? before : assessThread(withWord(state, record), STANDARD_1);
  const { claimId } = record;
  const claim = {
    before: before.claims.get(claimId) ?? null,
    after: after.claims.get(claimId) ?? null,
    key: state.claims.get(claimId)?.key ?? null,
  };
  return { threadId, attribution: record, changed: event !== undefined, before, after, claim };
}

function withWord(state: ThreadState, record: AttributionRecord): Pick<ThreadState, 'claims' | 'exclusiveSets'> {
  const claims = new Map(state.claims);
  const claim = claims.get(record.claimId);
  if (claim !== undefined) claims.set(record.claimId, { ...claim, attributions: [...claim.attributions, record] });
  return { claims, exclusiveSets: state.exclusiveSets };
}
