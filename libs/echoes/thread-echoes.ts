import type { AttributionRecord, ClaimRecord, ThreadState } from '#domain';
import { EchoIndex, type Said } from './echo-index.js';
import { type JudgedEcho, judged } from './judged-echoes.js';

/** What was heard of a claim, as far as anybody has asked. */
class HeardClaim {
  private readonly index = new EchoIndex();
  private counted = 0;

  /** `rewrittenAt`: of the claim when it was looked at last. */
  constructor(private rewrittenAt: bigint) {}

  /** Takes in what is new of the claim. */
  upTo({ attributions, rewrittenAt }: ClaimRecord): EchoIndex {
    for (; this.counted < attributions.length; this.counted++) {
      const attribution = attributions[this.counted];
      if (attribution !== undefined) this.index.add(attribution);
    }
    if (this.rewrittenAt === rewrittenAt) return this.index;
    this.rewrittenAt = rewrittenAt;
    for (const { attributionId, takenBack } of attributions) {
      if (takenBack !== null) this.index.takeBack(attributionId);
    }
    return this.index;
  }
}

/** By the claim's list of attributions, which only grows: it lives as long as the folded thread that it is of. */
const heard = new WeakMap<readonly AttributionRecord[], HeardClaim>();

/**
 * Which attributions of a folded thread a new one looks like, were it recorded now. What it costs does not grow with the
 * thread; only who asks of a claim for the first time pays for all that was said of it.
 */
export function echoesIn({ claims, policy }: ThreadState, attribution: Said): readonly JudgedEcho[] {
  const claim = claims.get(attribution.claimId);
  if (claim === undefined) return [];
  let known = heard.get(claim.attributions);
  if (known === undefined) {
    known = new HeardClaim(claim.rewrittenAt);
    heard.set(claim.attributions, known);
  }
  return judged(known.upTo(claim).echoesOf(attribution), policy);
}
