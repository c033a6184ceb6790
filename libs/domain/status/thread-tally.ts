import type { ClaimRecord } from '../thread/thread.state.js';
import type { ClaimId, ClaimStatus, ComputedClaimStatus, ThreadStatus } from '../vocabulary.js';
import { type AssessableThread, shownStatus } from './assess-thread.js';
import type { AssessableAttribution } from './assessment.js';
import type { Verdict } from './claim-status.js';
import { ClaimTally } from './claim-tally.js';
import type { StatusPolicy } from './policy.js';
import { threadStatus } from './thread-status.js';

/** Where a claim stands: what is shown, and the verdict of the rules. */
export interface ClaimStanding {
  readonly claimId: ClaimId;
  readonly core: boolean;
  readonly status: ClaimStatus;
  readonly computed: Verdict;
}

/** Where a thread stands: as `assessThread`, without the explanations. */
export interface ThreadStanding {
  readonly status: ThreadStatus;
  readonly claims: ReadonlyMap<ClaimId, ClaimStanding>;
}

interface Tallied {
  readonly attributions: readonly AssessableAttribution[];
  readonly rewrittenAt: bigint;
  readonly tally: ClaimTally;
  counted: number;
}

/** Keeps the standing of a thread up to date while it is folded, at a cost that does not grow with its length. */
export class ThreadTally {
  private readonly claims = new Map<ClaimId, Tallied>();

  constructor(private readonly policy: StatusPolicy) {}

  /** Of the thread as it is now. */
  standing(thread: AssessableThread): ThreadStanding {
    const computed = new Map<ClaimId, { readonly status: ComputedClaimStatus } & Verdict>();
    for (const claim of thread.claims.values()) computed.set(claim.claimId, this.verdictOf(claim));
    const claims = new Map<ClaimId, ClaimStanding>();
    for (const [claimId, verdict] of computed) {
      const claim = thread.claims.get(claimId);
      if (claim === undefined) continue;
      const { status } = shownStatus(claim, verdict.status, thread, computed);
      claims.set(claimId, { claimId, core: claim.core, status, computed: verdict });
    }
    return { status: threadStatus([...claims.values()]), claims };
  }

  private verdictOf(claim: ClaimRecord): Verdict {
    const tallied = this.tallyOf(claim);
    const { attributions } = claim;
    for (; tallied.counted < attributions.length; tallied.counted++) {
      const attribution = attributions[tallied.counted];
      if (attribution !== undefined) tallied.tally.add(attribution);
    }
    return tallied.tally.verdict();
  }

  /** Made anew when something was taken back, or a merge has brought the claim with attributions of its own. */
  private tallyOf({ claimId, attributions, rewrittenAt }: ClaimRecord): Tallied {
    const known = this.claims.get(claimId);
    if (known !== undefined && known.attributions === attributions && known.rewrittenAt === rewrittenAt) return known;
    const tallied = { attributions, rewrittenAt, tally: new ClaimTally(this.policy), counted: 0 };
    this.claims.set(claimId, tallied);
    return tallied;
  }
}
