import type { ClaimDetails, ClaimStatus, Instant, Stance, ThreadDetails } from '#domain';

/** A reference is an id, or the tool's own key: of a source anywhere, of a claim or attribution within its thread. */
export type Ref = string;

export interface ClaimInput extends Omit<ClaimDetails, 'standing'> {
  readonly key: string | null;
  /** Sources that are parties or authorities for the claim. */
  readonly standing: readonly Ref[];
}

export interface AttributionInput {
  readonly claim: Ref;
  readonly key: string | null;
  readonly stance: Stance;
  /** Null: nobody knows who said it. */
  readonly speaker: Ref | null;
  /** Who carried the words, nearest to the speaker first. */
  readonly via: readonly Ref[];
  readonly onRecord: boolean;
  readonly vouchedBy: string | null;
  readonly tentative: boolean;
  /** Null: as the claim's list of sources with standing says. */
  readonly standing: boolean | null;
  readonly statedAt: Instant;
  readonly quote: string | null;
  readonly url: string | null;
  readonly note: string | null;
}

export interface OpenThreadInput extends ThreadDetails {
  readonly claims: readonly ClaimInput[];
  /** May name claims of the same input by their key. */
  readonly attributions: readonly AttributionInput[];
}

export interface RewordClaimInput {
  readonly statement?: string;
  readonly core?: boolean;
  readonly standing?: readonly Ref[];
  readonly reason: string;
}

/** The speaker or one of its carriers takes its words back. */
export interface RetractionInput {
  readonly takenBackBy: Ref;
  readonly statedAt: Instant;
  readonly reason: string;
}

export interface CorrectionInput extends RetractionInput {
  readonly replacement: AttributionInput;
}

export interface RulingInput {
  readonly status: ClaimStatus;
  readonly reason: string;
}

export interface PublicationInput {
  /** Its address, or the CMS's own id. */
  readonly piece: string;
  readonly title: string | null;
  readonly publishedAt: Instant;
  /** Null: the revision that the thread has now. */
  readonly revision: bigint | null;
  /** Null: the core claims that stood as confirmed or corroborated at that revision. */
  readonly claims: readonly Ref[] | null;
}
