import type { AttributionId, AttributionRecord, ClaimId, ClaimRecord, Instant, ThreadState } from '#domain';

/** The thread with only those attributions, and takings back, that had been said by then. The state given stays as it is. */
export function saidUntil(state: ThreadState, statedUntil: Instant): ThreadState {
  const claims = new Map<ClaimId, ClaimRecord>();
  const attributions = new Map<AttributionId, AttributionRecord>();
  for (const claim of state.claims.values()) {
    const said = claim.attributions
      .filter(({ statedAt }) => statedAt <= statedUntil)
      .map((attribution) => withoutLaterTakeBack(attribution, statedUntil));
    claims.set(claim.claimId, { ...claim, attributions: said });
    for (const attribution of said) attributions.set(attribution.attributionId, attribution);
  }
  return { ...state, claims, attributions };
}

function withoutLaterTakeBack(attribution: AttributionRecord, statedUntil: Instant): AttributionRecord {
  const takenBackAt = attribution.takenBack?.statedAt ?? null;
  return takenBackAt !== null && takenBackAt > statedUntil ? { ...attribution, takenBack: null } : attribution;
}
