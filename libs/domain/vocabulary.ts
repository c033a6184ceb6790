/** A UUIDv7 in lower case. Which entity it names is in the alias. */
export type ThreadId = string;
export type ClaimId = string;
export type AttributionId = string;
export type SourceId = string;

/** A moment as `YYYY-MM-DDTHH:mm:ss.sssZ`: always UTC, always milliseconds, so that text order is time order. */
export type Instant = string;

export const STANCES = ['report', 'confirm', 'deny', 'no_comment'] as const;
/** `report`: somebody says so. `confirm`: somebody who should know says yes. `deny`: says no. `no_comment`: asked, neither. */
export type Stance = (typeof STANCES)[number];

export const SOURCE_KINDS = [
  'agency',
  'government',
  'official',
  'organisation',
  'outlet',
  'person',
  'unnamed',
] as const;
/** `unnamed` is a speaker whose name may not be published; its label ("a senior official") is not an identity. */
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const ADMIRALTY_RATINGS = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
/** Admiralty (NATO AJP-2.1) reliability: A completely reliable ... E unreliable, F cannot be judged. */
export type AdmiraltyRating = (typeof ADMIRALTY_RATINGS)[number];

/** The statuses that rules R1 to R9 of the policy compute. */
export const COMPUTED_CLAIM_STATUSES = [
  'open',
  'no_comment',
  'retracted',
  'unverified',
  'doubted',
  'tentative',
  'reported',
  'corroborated',
  'confirmed',
  'disputed',
  'denied',
] as const;
export type ComputedClaimStatus = (typeof COMPUTED_CLAIM_STATUSES)[number];

export const CLAIM_STATUSES = [...COMPUTED_CLAIM_STATUSES, 'moot', 'lapsed'] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

export const THREAD_STATUSES = [
  'open',
  'settled',
  'disputed',
  'confirmed',
  'denied',
  'retracted',
  'mixed',
  'partly_confirmed',
  'developing',
] as const;
export type ThreadStatus = (typeof THREAD_STATUSES)[number];

export const LIFECYCLES = ['active', 'closed', 'merged'] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];
