import type { AttributionId, AttributionRecord, ClaimId, ClaimRecord, Instant, ThreadState } from '#domain';
import { MapMadeLate } from './map-made-late.js';

/** The thread with only those attributions, and takings back, that had been said by then. The state given stays as it is. */
export function saidUntil(state: ThreadState, statedUntil: Instant): ThreadState {
  const claims = new Map<ClaimId, ClaimRecord>();
  for (const claim of state.claims.values()) {
    const said = claim.attributions
      .filter(({ statedAt }) => statedAt <= statedUntil)
      .map((attribution) => withoutLaterTakeBack(attribution, statedUntil));
    claims.set(claim.claimId, { ...claim, attributions: said });
  }
  const attributions = new MapMadeLate<AttributionId, AttributionRecord>(function* () {
    for (const claim of claims.values()) {
      for (const attribution of claim.attributions) yield [attribution.attributionId, attribution];
    }
  });
  return { ...state, claims, attributions };
}

function withoutLaterTakeBack(attribution: AttributionRecord, statedUntil: Instant): AttributionRecord {
  const takenBackAt = attribution.takenBack?.statedAt ?? null;
  return takenBackAt !== null && takenBackAt > statedUntil ? { ...attribution, takenBack: null } : attribution;
}
