import type { PolicyName } from '../status/policy.js';
import type { AttributionId, ClaimId, ClaimStatus, Instant, SourceId, Stance, ThreadId } from '../vocabulary.js';
import type { AttributionFacts, CarriedClaim, ClaimDetails, ExclusiveSet, ThreadDetails } from './thread.events.js';

export interface NewClaim extends ClaimDetails {
  readonly claimId: ClaimId;
  readonly key: string | null;
}

export interface NewAttribution extends Omit<AttributionFacts, 'standing'> {
  readonly stance: Stance;
  /** Null: as the claim's list of sources with standing says. */
  readonly standing: boolean | null;
}

type Command<Type extends string, Fields> = { readonly type: Type } & Fields;

export type OpenThread = Command<
  'OpenThread',
  {
    readonly threadId: ThreadId;
    readonly details: ThreadDetails;
    /** That new threads open under. */
    readonly policy: PolicyName;
    readonly claims: readonly NewClaim[];
    readonly attributions: readonly NewAttribution[];
  }
>;
/** Fields left out stay as they are. */
export type ReviseThread = Command<'ReviseThread', { readonly changes: Partial<ThreadDetails> }>;
export type OpenClaim = Command<'OpenClaim', { readonly claim: NewClaim }>;
export type RewordClaim = Command<
  'RewordClaim',
  { readonly claimId: ClaimId; readonly changes: Partial<ClaimDetails>; readonly reason: string }
>;
export type RecordAttribution = Command<
  'RecordAttribution',
  {
    readonly attribution: NewAttribution;
    /** The attribution's claim, opened first if the thread does not have it: both or neither. */
    readonly opening?: NewClaim | null;
  }
>;
export type CorrectAttribution = Command<
  'CorrectAttribution',
  {
    readonly attributionId: AttributionId;
    readonly replacement: NewAttribution;
    readonly takenBackBy: SourceId;
    readonly statedAt: Instant;
    readonly reason: string;
  }
>;
export type RetractAttribution = Command<
  'RetractAttribution',
  {
    readonly attributionId: AttributionId;
    readonly takenBackBy: SourceId;
    readonly statedAt: Instant;
    readonly reason: string;
  }
>;
export type VoidAttribution = Command<
  'VoidAttribution',
  { readonly attributionId: AttributionId; readonly reason: string }
>;
export type MakeClaimsExclusive = Command<'MakeClaimsExclusive', ExclusiveSet>;
export type MootClaim = Command<'MootClaim', { readonly claimId: ClaimId; readonly reason: string }>;
export type LapseClaim = Command<'LapseClaim', { readonly claimId: ClaimId; readonly reason: string }>;
export type RuleClaim = Command<
  'RuleClaim',
  { readonly claimId: ClaimId; readonly rulingId: string; readonly status: ClaimStatus; readonly reason: string }
>;
export type LiftRuling = Command<'LiftRuling', { readonly claimId: ClaimId; readonly reason: string }>;
/** To judge the thread by another policy from now on. */
export type ChangeThreadPolicy = Command<
  'ChangeThreadPolicy',
  { readonly policy: PolicyName; readonly reason: string }
>;
export type CloseThread = Command<'CloseThread', { readonly reason: string }>;
export type ReopenThread = Command<'ReopenThread', { readonly reason: string }>;
/** To the thread that goes. The application sends `AbsorbThread` to the one that stays, with what this one carries. */
export type MergeThread = Command<'MergeThread', { readonly into: ThreadId; readonly reason: string }>;
export type AbsorbThread = Command<
  'AbsorbThread',
  {
    readonly from: ThreadId;
    readonly absorbedRevision: bigint;
    readonly claims: readonly CarriedClaim[];
    readonly exclusiveSets: readonly ExclusiveSet[];
    readonly reason: string;
  }
>;
/** To the thread that stayed: give up what it took over. */
export type ReleaseThread = Command<'ReleaseThread', { readonly from: ThreadId; readonly reason: string }>;
/** To the thread that went: take it back, with what came since. */
export type UnmergeThread = Command<
  'UnmergeThread',
  { readonly claims: readonly CarriedClaim[]; readonly exclusiveSets: readonly ExclusiveSet[]; readonly reason: string }
>;

/** Null: the revision that the thread has; the core claims that stand firm there. */
export type PublishPiece = Command<
  'PublishPiece',
  {
    readonly publicationId: string;
    readonly piece: string;
    readonly title: string | null;
    readonly publishedAt: Instant;
    readonly revision: bigint | null;
    readonly reliesOn: readonly ClaimId[] | null;
  }
>;
export type WithdrawPiece = Command<'WithdrawPiece', { readonly publicationId: string; readonly reason: string }>;

export type ThreadCommand =
  | OpenThread
  | ReviseThread
  | OpenClaim
  | RewordClaim
  | RecordAttribution
  | CorrectAttribution
  | RetractAttribution
  | VoidAttribution
  | MakeClaimsExclusive
  | MootClaim
  | LapseClaim
  | RuleClaim
  | LiftRuling
  | ChangeThreadPolicy
  | CloseThread
  | ReopenThread
  | MergeThread
  | AbsorbThread
  | ReleaseThread
  | UnmergeThread
  | PublishPiece
  | WithdrawPiece;
