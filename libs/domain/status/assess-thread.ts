import type { ExclusiveSet } from '../thread/thread.events.js';
import type { ClaimRecord } from '../thread/thread.state.js';
import type { ClaimId, ClaimStatus, ComputedClaimStatus } from '../vocabulary.js';
import type { AsOf, ClaimAssessment, ClaimStatusResult, StatusOrigin, ThreadAssessment } from './assessment.js';
import { claimStatus } from './claim-status.js';
import { nameOfPolicy, type StatusPolicy } from './policy.js';
import { threadStatus } from './thread-status.js';

export interface AssessableThread {
  /** By which it is judged. */
  readonly policy: StatusPolicy;
  readonly claims: ReadonlyMap<ClaimId, ClaimRecord>;
  readonly exclusiveSets: readonly ExclusiveSet[];
}

const SETTLED: ReadonlySet<ClaimStatus> = new Set(['confirmed', 'denied', 'retracted', 'moot', 'lapsed']);

/** Has nobody settled a claim of this status? */
export function isOpenQuestion(status: ClaimStatus): boolean {
  return !SETTLED.has(status);
}

/** What its policy says of every claim of a thread and of the thread itself. `at` bounds the attributions only. */
export function assessThread(thread: AssessableThread, at: AsOf = {}): ThreadAssessment {
  const { policy } = thread;
  const computed = new Map<ClaimId, ClaimStatusResult>();
  for (const claim of thread.claims.values()) computed.set(claim.claimId, claimStatus(claim.attributions, policy, at));
  return assemble(thread, computed);
}

/** The same as `assessThread`, when since `previous` only the policy or attributions of the `touched` claims have changed. */
export function reassess(
  previous: ThreadAssessment,
  thread: AssessableThread,
  touched: ReadonlySet<ClaimId>,
): ThreadAssessment {
  const { policy } = thread;
  if (nameOfPolicy(previous.policy) !== nameOfPolicy(policy)) return assessThread(thread);
  const computed = new Map<ClaimId, ClaimStatusResult>();
  for (const claim of thread.claims.values()) {
    const before = touched.has(claim.claimId) ? undefined : previous.claims.get(claim.claimId)?.computed;
    computed.set(claim.claimId, before ?? claimStatus(claim.attributions, policy));
  }
  return assemble(thread, computed, previous);
}

function assemble(
  thread: AssessableThread,
  computed: ReadonlyMap<ClaimId, ClaimStatusResult>,
  previous?: ThreadAssessment,
): ThreadAssessment {
  const { policy } = thread;
  const claims = new Map<ClaimId, ClaimAssessment>();
  const rivalling = new Set(thread.exclusiveSets.flatMap(({ claimIds }) => claimIds));
  for (const [claimId, result] of computed) {
    const claim = thread.claims.get(claimId);
    if (claim === undefined) continue;
    const before = previous?.claims.get(claimId);
    const isSame = before !== undefined && !rivalling.has(claimId) && stillHolds(before, claim, result);
    claims.set(claimId, isSame ? before : assessClaim(claim, result, thread, computed));
  }
  const shown = [...claims.values()];
  return {
    status: threadStatus(shown),
    claims,
    openQuestions: shown.filter((claim) => isOpenQuestion(claim.status)).map((claim) => claim.claimId),
    policy: { name: policy.name, version: policy.version },
  };
}

/** On a hot thread nearly all claims are as they were; making each anew would cost more than deciding. */
function stillHolds(before: ClaimAssessment, claim: ClaimRecord, result: ClaimStatusResult): boolean {
  return (
    before.computed === result &&
    before.origin === 'policy' &&
    before.core === claim.core &&
    claim.ruling === null &&
    !claim.mooted &&
    !claim.lapsed
  );
}

function assessClaim(
  claim: ClaimRecord,
  result: ClaimStatusResult,
  thread: AssessableThread,
  computed: ReadonlyMap<ClaimId, ClaimStatusResult>,
): ClaimAssessment {
  const facts = { claimId: claim.claimId, core: claim.core, computed: result, ruling: claim.ruling };
  const shown = shownStatus(claim, result.status, thread, computed);
  const keepsLast = shown.origin !== 'ruling' && shown.origin !== 'policy';
  return { ...facts, ...shown, lastStatus: keepsLast ? result.status : null };
}

export interface ShownStatus {
  readonly status: ClaimStatus;
  readonly origin: StatusOrigin;
  readonly rivals: readonly ClaimId[];
}

/** A ruling goes before a moot or lapsed claim, and that before what the rivals of an exclusive set make of it. */
export function shownStatus(
  claim: ClaimRecord,
  result: ComputedClaimStatus,
  thread: AssessableThread,
  computed: ReadonlyMap<ClaimId, { readonly status: ComputedClaimStatus }>,
): ShownStatus {
  if (claim.ruling !== null) return { status: claim.ruling.status, origin: 'ruling', rivals: [] };
  if (claim.mooted) return { status: 'moot', origin: 'mooted', rivals: [] };
  if (claim.lapsed) return { status: 'lapsed', origin: 'lapsed', rivals: [] };
  const rivals = confirmedRivals(claim, thread, computed);
  if (rivals.length === 0) return { status: result, origin: 'policy', rivals };
  return { status: result === 'confirmed' ? 'disputed' : 'moot', origin: 'exclusive_set', rivals };
}

/** Other claims of the same exclusive sets that are confirmed, by the policy or by a ruling. */
function confirmedRivals(
  claim: ClaimRecord,
  thread: AssessableThread,
  computed: ReadonlyMap<ClaimId, { readonly status: ComputedClaimStatus }>,
): readonly ClaimId[] {
  const rivals = new Set<ClaimId>();
  for (const { claimIds } of thread.exclusiveSets) {
    if (!claimIds.includes(claim.claimId)) continue;
    for (const claimId of claimIds) {
      const rival = thread.claims.get(claimId);
      if (rival === undefined || claimId === claim.claimId) continue;
      const takesPart = rival.ruling !== null || !(rival.mooted || rival.lapsed);
      const status = rival.ruling?.status ?? computed.get(claimId)?.status;
      if (takesPart && status === 'confirmed') rivals.add(claimId);
    }
  }
  return [...rivals];
}
