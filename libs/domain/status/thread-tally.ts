import type { ClaimRecord } from '../thread/thread.state.js';
import type { ClaimId, ClaimStatus, ThreadStatus } from '../vocabulary.js';
import { type AssessableThread, shownStatus } from './assess-thread.js';
import type { AssessableAttribution, StatusOrigin } from './assessment.js';
import type { Verdict } from './claim-status.js';
import { ClaimTally } from './claim-tally.js';
import type { StatusPolicy } from './policy.js';
import { threadStatus } from './thread-status.js';

/** Where a claim stands: what is shown, and the verdict of the rules. */
export interface ClaimStanding {
  readonly claimId: ClaimId;
  readonly core: boolean;
  readonly status: ClaimStatus;
  readonly origin: StatusOrigin;
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
  /** What the standing that was made last rests upon; null before the first. */
  seen: Seen | null;
}

interface Seen extends Pick<ClaimRecord, 'core' | 'mooted' | 'lapsed' | 'ruling'> {
  readonly verdict: Verdict;
}

/** Keeps the standing of a thread up to date while it is folded, at a cost that does not grow with its length. */
export class ThreadTally {
  private readonly claims = new Map<ClaimId, Tallied>();
  private last: { readonly standing: ThreadStanding; readonly sets: AssessableThread['exclusiveSets'] } | null = null;
  private policy: StatusPolicy | null = null;

  /** Of the thread as it is now. Most of what is added to a hot thread are echoes: then it is what it was. */
  standing(thread: AssessableThread): ThreadStanding {
    if (this.policy !== thread.policy) this.judgeBy(thread.policy);
    let last = this.last;
    if (last?.sets !== thread.exclusiveSets || last.standing.claims.size !== thread.claims.size) last = null;
    for (const claim of thread.claims.values()) if (this.hasChanged(claim, thread.policy)) last = null;
    last ??= { standing: this.assemble(thread), sets: thread.exclusiveSets };
    this.last = last;
    return last.standing;
  }

  /** All that was counted by another policy is counted anew. */
  private judgeBy(policy: StatusPolicy): void {
    this.policy = policy;
    this.claims.clear();
    this.last = null;
  }

  private assemble(thread: AssessableThread): ThreadStanding {
    const computed = new Map<ClaimId, Verdict>();
    for (const claim of thread.claims.values()) {
      computed.set(claim.claimId, this.tallyOf(claim, thread.policy).tally.verdict());
    }
    const claims = new Map<ClaimId, ClaimStanding>();
    for (const [claimId, verdict] of computed) {
      const claim = thread.claims.get(claimId);
      if (claim === undefined) continue;
      const { status, origin } = shownStatus(claim, verdict.status, thread, computed);
      claims.set(claimId, { claimId, core: claim.core, status, origin, computed: verdict });
    }
    return { status: threadStatus([...claims.values()]), claims };
  }

  /** Takes in what is new of the claim. */
  private hasChanged(claim: ClaimRecord, policy: StatusPolicy): boolean {
    const tallied = this.tallyOf(claim, policy);
    const { attributions, core, mooted, lapsed, ruling } = claim;
    for (; tallied.counted < attributions.length; tallied.counted++) {
      const attribution = attributions[tallied.counted];
      if (attribution !== undefined) tallied.tally.add(attribution);
    }
    const verdict = tallied.tally.verdict();
    const { seen } = tallied;
    const isSame =
      seen?.verdict === verdict &&
      seen.core === core &&
      seen.mooted === mooted &&
      seen.lapsed === lapsed &&
      seen.ruling === ruling;
    if (!isSame) tallied.seen = { verdict, core, mooted, lapsed, ruling };
    return !isSame;
  }

  /** Made anew when something was taken back, or a merge has brought the claim with attributions of its own. */
  private tallyOf({ claimId, attributions, rewrittenAt }: ClaimRecord, policy: StatusPolicy): Tallied {
    const known = this.claims.get(claimId);
    if (known !== undefined && known.attributions === attributions && known.rewrittenAt === rewrittenAt) return known;
    const tallied = { attributions, rewrittenAt, tally: new ClaimTally(policy), counted: 0, seen: null };
    this.claims.set(claimId, tallied);
    return tallied;
  }
}
