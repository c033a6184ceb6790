import type { AdmiraltyRating, SourceId, SourceKind } from '../vocabulary.js';

/* Stored contract: see thread.events.ts. */

export interface SourceDetails {
  /** The label under which the source is quoted. The identity behind an unnamed source never enters an event. */
  readonly name: string;
  readonly kind: SourceKind;
  /** The voice it shares with others, such as `government:ru`: sources of one group count once. */
  readonly group: string;
  /** Carrying an unnamed speaker's words vouches for them. */
  readonly trustedConduit: boolean;
}

type Event<Type extends string, Data> = { readonly type: Type; readonly data: Data };

export type SourceRegistered = Event<
  'SourceRegistered',
  SourceDetails & { readonly sourceId: SourceId; readonly key: string | null }
>;
/** The whole new details, not a difference. */
export type SourceRevised = Event<'SourceRevised', SourceDetails & { readonly reason: string | null }>;
export type SourceRated = Event<'SourceRated', { readonly rating: AdmiraltyRating; readonly reason: string }>;
/** From here on only `label` may be shown. `commitment` is a salted hash of the identity kept outside the log. */
export type SourceSealed = Event<
  'SourceSealed',
  { readonly label: string; readonly commitment: string | null; readonly reason: string }
>;
export type SourceIdentityErased = Event<'SourceIdentityErased', { readonly reason: string }>;

export type SourceEvent = SourceRegistered | SourceRevised | SourceRated | SourceSealed | SourceIdentityErased;
