import type { PolicyName } from '../status/policy.js';
import type { AttributionId, ClaimId, ClaimStatus, Instant, SourceId, SourceKind, ThreadId } from '../vocabulary.js';

/*
 * Stored contract. A released shape is never edited: a change is a new schema version and an upcaster in the codec.
 * Every optional value is stored as an explicit null, so that one event has one set of keys for ever.
 */

/** What the source registry said of a source when the words were recorded. Names stay in the source's own stream. */
export interface SourceSnapshot {
  readonly sourceId: SourceId;
  readonly kind: SourceKind;
  /** The voice the source shares with others, such as `government:ru`. */
  readonly group: string;
  readonly trustedConduit: boolean;
}

/** One source's word on a claim. The stance is the event's type. */
export interface AttributionFacts {
  readonly attributionId: AttributionId;
  readonly claimId: ClaimId;
  /** The tool's own key for this attribution, unique in the thread. */
  readonly key: string | null;
  /** Who is being quoted; null when nobody knows. */
  readonly speaker: SourceSnapshot | null;
  /** Who carried the words to us, nearest to the speaker first. */
  readonly via: readonly SourceSnapshot[];
  readonly onRecord: boolean;
  /** The editor who knows an unnamed speaker's identity and its direct knowledge. */
  readonly vouchedBy: string | null;
  readonly tentative: boolean;
  /** The speaker is a party or an authority for this claim, as judged when recorded. */
  readonly standing: boolean;
  readonly statedAt: Instant;
  readonly quote: string | null;
  readonly url: string | null;
  readonly note: string | null;
}

export interface ThreadDetails {
  readonly slug: string;
  readonly headline: string;
  readonly desk: string;
  readonly topics: readonly string[];
  /** BCP 47 tag, such as `en`. */
  readonly language: string;
}

export interface ClaimDetails {
  readonly statement: string;
  /** Core claims decide the status of the thread; the others are details. */
  readonly core: boolean;
  /** Sources that are parties or authorities for this claim. */
  readonly standing: readonly SourceId[];
}

/** How one attribution stopped counting. */
export interface TakeBack {
  readonly how: 'voided' | 'retracted' | 'corrected';
  /** Null for a void: our own slip was never said in the world. */
  readonly statedAt: Instant | null;
  readonly recordedAt: Instant;
}

/** A claim with all its attributions as a merge carries it from one thread's stream into another's. */
export interface CarriedClaim extends ClaimDetails {
  readonly claimId: ClaimId;
  readonly key: string | null;
  readonly attributions: readonly CarriedAttribution[];
  readonly mooted: boolean;
  readonly lapsed: boolean;
  readonly ruling: CarriedRuling | null;
}

export interface CarriedAttribution extends AttributionFacts {
  readonly stance: 'report' | 'confirm' | 'deny' | 'no_comment';
  readonly recordedAt: Instant;
  /** As text: the revision in the stream that first recorded it. */
  readonly revision: string;
  readonly takenBack: (TakeBack & { readonly replacedBy: AttributionId | null }) | null;
}

export interface CarriedRuling {
  readonly rulingId: string;
  readonly status: ClaimStatus;
  readonly reason: string;
}

/** Claims of a thread that cannot all be true. */
export interface ExclusiveSet {
  readonly setId: string;
  readonly claimIds: readonly ClaimId[];
}

type Event<Type extends string, Data> = { readonly type: Type; readonly data: Data };

/** With the policy that new threads opened under then: the stream alone says by which rules the thread is judged. */
export type ThreadOpened = Event<
  'ThreadOpened',
  ThreadDetails & { readonly threadId: ThreadId; readonly policy: PolicyName }
>;
/** The whole new details, not a difference: a reader needs no earlier event to know them. */
export type ThreadRevised = Event<'ThreadRevised', ThreadDetails>;
export type ClaimOpened = Event<
  'ClaimOpened',
  ClaimDetails & { readonly claimId: ClaimId; readonly key: string | null }
>;
export type ClaimReworded = Event<
  'ClaimReworded',
  ClaimDetails & { readonly claimId: ClaimId; readonly reason: string }
>;
export type ClaimReported = Event<'ClaimReported', AttributionFacts>;
export type ClaimConfirmed = Event<'ClaimConfirmed', AttributionFacts>;
export type ClaimDenied = Event<'ClaimDenied', AttributionFacts>;
export type CommentDeclined = Event<'CommentDeclined', AttributionFacts>;
/** The replacement is an attribution of its own, recorded by the event just before this one. */
export type AttributionCorrected = Event<
  'AttributionCorrected',
  {
    readonly attributionId: AttributionId;
    readonly replacedBy: AttributionId;
    /** The speaker or carrier that corrects itself. */
    readonly takenBackBy: SourceId;
    readonly statedAt: Instant;
    readonly reason: string;
  }
>;
export type AttributionRetracted = Event<
  'AttributionRetracted',
  {
    readonly attributionId: AttributionId;
    /** The speaker or carrier that takes its words back. */
    readonly takenBackBy: SourceId;
    readonly statedAt: Instant;
    readonly reason: string;
  }
>;
export type AttributionVoided = Event<
  'AttributionVoided',
  { readonly attributionId: AttributionId; readonly reason: string }
>;
export type ClaimsMadeExclusive = Event<'ClaimsMadeExclusive', ExclusiveSet>;
export type ClaimMooted = Event<'ClaimMooted', { readonly claimId: ClaimId; readonly reason: string }>;
export type ClaimLapsed = Event<'ClaimLapsed', { readonly claimId: ClaimId; readonly reason: string }>;
export type ClaimRuled = Event<
  'ClaimRuled',
  { readonly claimId: ClaimId; readonly rulingId: string; readonly status: ClaimStatus; readonly reason: string }
>;
export type RulingLifted = Event<
  'RulingLifted',
  { readonly claimId: ClaimId; readonly rulingId: string; readonly reason: string }
>;
/** From here on the thread is judged by another policy. */
export type ThreadPolicyChanged = Event<
  'ThreadPolicyChanged',
  { readonly policy: PolicyName; readonly reason: string }
>;
export type ThreadClosed = Event<'ThreadClosed', { readonly reason: string }>;
export type ThreadReopened = Event<'ThreadReopened', { readonly reason: string }>;
/**
 * A merge writes one event in each of two streams. In the stream of the thread that goes, `role` is `absorbed` and
 * nothing is carried; in the stream of the one that stays, `role` is `survivor` and `claims` carries what it takes
 * over, so that each stream alone still decides its thread's status.
 */
export type ThreadMerged = Event<
  'ThreadMerged',
  {
    readonly role: 'absorbed' | 'survivor';
    readonly otherThreadId: ThreadId;
    /** The absorbed thread's revision up to which claims were carried, as text. */
    readonly absorbedRevision: string;
    readonly claims: readonly CarriedClaim[];
    readonly exclusiveSets: readonly ExclusiveSet[];
    readonly reason: string;
  }
>;
/** The way back: the survivor gives up what it took over; the absorbed thread takes it back, with what came since. */
export type ThreadUnmerged = Event<
  'ThreadUnmerged',
  {
    readonly role: 'absorbed' | 'survivor';
    readonly otherThreadId: ThreadId;
    readonly claims: readonly CarriedClaim[];
    readonly exclusiveSets: readonly ExclusiveSet[];
    readonly reason: string;
  }
>;

/** A piece went out that rests on the thread as it was known at a revision. */
export type PiecePublished = Event<
  'PiecePublished',
  {
    readonly publicationId: string;
    /** Its address, or the CMS's own id. */
    readonly piece: string;
    readonly title: string | null;
    readonly publishedAt: Instant;
    /** As text. */
    readonly pinnedRevision: string;
    readonly reliesOn: readonly ClaimId[];
  }
>;
export type PieceWithdrawn = Event<'PieceWithdrawn', { readonly publicationId: string; readonly reason: string }>;

export type AttributionEvent = ClaimReported | ClaimConfirmed | ClaimDenied | CommentDeclined;

export type ThreadEvent =
  | ThreadOpened
  | ThreadRevised
  | ClaimOpened
  | ClaimReworded
  | AttributionEvent
  | AttributionCorrected
  | AttributionRetracted
  | AttributionVoided
  | ClaimsMadeExclusive
  | ClaimMooted
  | ClaimLapsed
  | ClaimRuled
  | RulingLifted
  | ThreadPolicyChanged
  | ThreadClosed
  | ThreadReopened
  | ThreadMerged
  | ThreadUnmerged
  | PiecePublished
  | PieceWithdrawn;
