import type {
  AttributionId,
  ClaimId,
  ClaimStatus,
  ComputedClaimStatus,
  Instant,
  SourceKind,
  Stance,
  ThreadStatus,
} from '../vocabulary.js';

/** Which attributions to look at; each bound is inclusive and optional. */
export interface AsOf {
  /** What did this newsroom know then? */
  readonly recordedUntil?: Instant;
  /** What had been said in the world by then? */
  readonly statedUntil?: Instant;
}

export type Rule = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7' | 'R8' | 'R9';

export type SetAsideReason = 'echo' | 'superseded' | 'retracted' | 'voided' | 'corrected' | 'unvouched' | 'no_comment';

/** One group's word for or against a claim. Several speakers of a group are one voice. */
export interface Voice {
  readonly group: string;
  readonly attributionIds: readonly AttributionId[];
  /** At least one of them has standing, is on record, and confirms or denies. */
  readonly standing: boolean;
  /** At least one of them does not hedge. */
  readonly firm: boolean;
}

export interface SetAside {
  readonly attributionId: AttributionId;
  readonly reason: SetAsideReason;
  /** The attribution that counts instead, for an echo, a superseded or a corrected one. */
  readonly by: AttributionId | null;
}

/** An attribution that does not exist yet, described by what it would need to be. */
export interface Addition {
  readonly stance: Stance;
  /** `party`: with standing and on record. `independent`: a named speaker of a group not heard yet. `unvouched`: an unnamed one nobody vouches for. */
  readonly speaker: 'party' | 'independent' | 'unvouched';
  readonly tentative: boolean;
}

export interface StatusChange {
  readonly addition: Addition;
  readonly becomes: ComputedClaimStatus;
  /** Such as "one independent firm report makes it corroborated". */
  readonly sentence: string;
}

/** What the rules R1 to R9 say of one claim, and why. */
export interface ClaimStatusResult {
  readonly status: ComputedClaimStatus;
  readonly rule: Rule;
  /** Of a confirmation: one independent group or several. */
  readonly basis: 'single' | 'multiple' | null;
  /** Confirmed, yet an independent group denies. */
  readonly challenged: boolean;
  readonly for: readonly Voice[];
  readonly against: readonly Voice[];
  readonly setAside: readonly SetAside[];
  readonly policy: { readonly name: string; readonly version: number };
}

/** How the status that is shown came about. */
export type StatusOrigin = 'policy' | 'ruling' | 'exclusive_set' | 'mooted' | 'lapsed';

export interface ClaimAssessment {
  readonly claimId: ClaimId;
  readonly core: boolean;
  /** What is shown. */
  readonly status: ClaimStatus;
  readonly origin: StatusOrigin;
  /** What R1 to R9 say, whatever is shown. */
  readonly computed: ClaimStatusResult;
  /** Of a moot or lapsed claim: the status that stood before. */
  readonly lastStatus: ClaimStatus | null;
  readonly ruling: { readonly rulingId: string; readonly status: ClaimStatus; readonly reason: string } | null;
  /** The claim of the same exclusive set whose confirmation made this one moot, or disputes it. */
  readonly rivals: readonly ClaimId[];
}

export interface ThreadAssessment {
  readonly status: ThreadStatus;
  /** In the order in which the claims were opened. */
  readonly claims: ReadonlyMap<ClaimId, ClaimAssessment>;
  /** Claims, core or not, that nobody has settled: not confirmed, denied, retracted, moot or lapsed. */
  readonly openQuestions: readonly ClaimId[];
  readonly policy: { readonly name: string; readonly version: number };
}

/** What the policy reads of an attribution; `AttributionRecord` is one. */
export interface AssessableAttribution {
  readonly attributionId: AttributionId;
  readonly stance: Stance;
  readonly speaker: { readonly sourceId: string; readonly kind: SourceKind; readonly group: string } | null;
  readonly via: readonly { readonly trustedConduit: boolean }[];
  readonly onRecord: boolean;
  readonly vouchedBy: string | null;
  readonly tentative: boolean;
  readonly standing: boolean;
  readonly quote: string | null;
  readonly statedAt: Instant;
  readonly recordedAt: Instant;
  readonly revision: bigint;
  readonly takenBack: {
    readonly how: 'voided' | 'retracted' | 'corrected';
    readonly statedAt: Instant | null;
    readonly recordedAt: Instant;
    readonly replacedBy: AttributionId | null;
  } | null;
}
