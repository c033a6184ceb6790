/** Why a decider refuses a command. Stable: tools match on it. */
export const REFUSAL_CODES = [
  'thread_exists',
  'thread_not_found',
  'thread_closed',
  'thread_not_closed',
  'thread_merged',
  'thread_not_merged',
  'thread_merge_into_itself',
  'claim_not_found',
  'claim_key_taken',
  'claim_already_settled',
  'attribution_not_found',
  'attribution_exists',
  'attribution_key_taken',
  'attribution_taken_back',
  'not_speaker_or_carrier',
  'unnamed_on_record',
  'vouch_not_needed',
  'standing_without_speaker',
  'exclusive_set_too_small',
  'ruling_not_found',
  'revision_ahead',
  'publication_not_found',
  'source_not_found',
  'source_key_taken',
  'source_sealed',
  'source_not_sealed',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * A command that the rules refuse. `message` names ids and says what to do next; `field` is the command's field at
 * fault where there is one, as a JSON pointer below the command (`/claimId`).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}
