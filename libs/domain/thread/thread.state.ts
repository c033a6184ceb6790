import type { StatusPolicy } from '../status/policy.js';
import type { AttributionId, ClaimId, Lifecycle, Stance, ThreadId } from '../vocabulary.js';
import type {
  AttributionFacts,
  CarriedRuling,
  ClaimDetails,
  ExclusiveSet,
  TakeBack,
  ThreadDetails,
} from './thread.events.js';

/** An attribution as the fold of its thread knows it. */
export interface AttributionRecord extends AttributionFacts {
  readonly stance: Stance;
  readonly recordedAt: string;
  /** Its place in the stream that first recorded it. */
  readonly revision: bigint;
  takenBack: (TakeBack & { readonly replacedBy: AttributionId | null }) | null;
}

export interface ClaimRecord extends ClaimDetails {
  readonly claimId: ClaimId;
  readonly key: string | null;
  /** In the order in which they were recorded. */
  readonly attributions: AttributionRecord[];
  mooted: boolean;
  lapsed: boolean;
  ruling: CarriedRuling | null;
  /** Of the last event that took one of its attributions back; before any, of the one that brought the claim. */
  rewrittenAt: bigint;
  /** The thread that a merge carried this claim from; null for the thread's own. */
  readonly carriedFrom: ThreadId | null;
}

/** A piece that went out. */
export interface PublicationRecord {
  readonly publicationId: string;
  readonly piece: string;
  readonly title: string | null;
  readonly publishedAt: string;
  readonly pinnedRevision: string;
  readonly reliesOn: readonly ClaimId[];
  readonly withdrawn: boolean;
}

/** A thread as its stream says it is. Owned by whoever folds it: `evolve` changes it in place. */
export interface ThreadState {
  /** Null until the thread is opened. */
  threadId: ThreadId | null;
  details: ThreadDetails | null;
  /** By which it is judged. */
  policy: StatusPolicy;
  lifecycle: Lifecycle;
  /** The lifecycle that an unmerge goes back to. */
  lifecycleBeforeMerge: Lifecycle;
  mergedInto: ThreadId | null;
  /** Threads that this one took over and has not given back. */
  readonly absorbed: Set<ThreadId>;
  /** In the order in which they were opened. */
  readonly claims: Map<ClaimId, ClaimRecord>;
  readonly claimIdByKey: Map<string, ClaimId>;
  readonly attributions: Map<AttributionId, AttributionRecord>;
  readonly attributionIdByKey: Map<string, AttributionId>;
  exclusiveSets: readonly ExclusiveSet[];
  readonly publications: Map<string, PublicationRecord>;
  /** Of each piece the last publication. */
  readonly publicationIdByPiece: Map<string, string>;
  /** Revision of the last event folded; -1n before the first. */
  revision: bigint;
}
