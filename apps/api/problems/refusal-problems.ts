import type { RefusalCode } from '#domain';
import type { ProblemRow } from './problem-row.js';

/** A row for each way in which the rules refuse a command. */
export const REFUSAL_PROBLEMS = {
  thread_exists: {
    status: 409,
    title: 'The thread exists already',
    explanation: 'Another thread has this id or slug. Add to that thread, or choose another slug.',
  },
  thread_not_found: {
    status: 404,
    statusInBody: 422,
    title: 'No such thread',
    explanation: 'No thread has this id or slug. Check it, or open the thread with POST /v1/threads.',
  },
  thread_closed: {
    status: 409,
    title: 'The thread is closed',
    explanation: 'A closed thread takes nothing new. Reopen it first.',
  },
  thread_not_closed: {
    status: 409,
    title: 'The thread is not closed',
    explanation: 'Only a closed thread can be reopened; this one is open.',
  },
  thread_merged: {
    status: 409,
    title: 'The thread was merged into another',
    explanation: 'Everything new belongs to the thread that it was merged into; the detail names it.',
  },
  thread_not_merged: {
    status: 409,
    title: 'The thread is not merged',
    explanation: 'Only a thread that was merged into another can be unmerged.',
  },
  thread_merge_into_itself: {
    status: 422,
    title: 'A thread cannot be merged into itself',
    explanation: 'Name another thread to merge into.',
  },
  claim_not_found: {
    status: 404,
    statusInBody: 422,
    title: 'No such claim in the thread',
    explanation:
      'The thread has no claim of this id or key. GET the thread to see its claims, or open the claim first.',
  },
  claim_key_taken: {
    status: 409,
    title: 'The claim key is taken',
    explanation: 'Another claim of the thread has this key. Use that claim, or another key.',
  },
  claim_already_settled: {
    status: 409,
    title: 'The claim is settled',
    explanation: 'The claim was marked moot or lapsed before, and can be marked only once.',
  },
  attribution_not_found: {
    status: 404,
    statusInBody: 422,
    title: 'No such attribution in the thread',
    explanation: 'The thread has no attribution of this id or key. GET its attributions to see them.',
  },
  attribution_exists: {
    status: 409,
    title: 'The attribution exists already',
    explanation: 'An attribution of this id is in the thread, with other content. Correct it instead.',
  },
  attribution_key_taken: {
    status: 409,
    title: 'The attribution key is taken',
    explanation:
      'Another attribution of the thread has this key, with other content. Correct that one, or use another key.',
  },
  attribution_taken_back: {
    status: 409,
    title: 'The attribution was taken back before',
    explanation: 'A voided, retracted or corrected attribution cannot be taken back again.',
  },
  not_speaker_or_carrier: {
    status: 422,
    title: 'Not its speaker or carrier',
    explanation: 'Only the source that said it, or one that carried it, can retract or correct an attribution.',
  },
  unnamed_on_record: {
    status: 422,
    title: 'An unnamed speaker cannot be on record',
    explanation: 'Whoever speaks on record lets itself be named. Set onRecord to false, or name the source.',
  },
  vouch_not_needed: {
    status: 422,
    title: 'Only an unnamed speaker needs vouching',
    explanation: 'vouchedBy is for speakers whose identity an editor knows and does not publish. Leave it out.',
  },
  standing_without_speaker: {
    status: 422,
    title: 'Standing needs a speaker',
    explanation: 'Standing is judged for a known speaker. Name the source, or leave the standing out.',
  },
  exclusive_set_too_small: {
    status: 422,
    title: 'An exclusive set needs two claims',
    explanation: 'Claims exclude each other from two on. Name at least two different claims of the thread.',
  },
  revision_ahead: {
    status: 422,
    title: 'The thread has no such revision yet',
    explanation: 'A piece is pinned to a revision that the thread has, or to none, which is the one it has now.',
  },
  publication_not_found: {
    status: 404,
    title: 'No such publication',
    explanation: 'No publication has this id. GET /v1/publications lists them.',
  },
  ruling_not_found: {
    status: 409,
    title: 'No ruling stands',
    explanation: 'There is no ruling on the claim to lift.',
  },
  source_not_found: {
    status: 404,
    statusInBody: 422,
    title: 'No such source',
    explanation: 'No source has this id or key. Check it, or register the source with POST /v1/sources.',
  },
  source_key_taken: {
    status: 409,
    title: 'The source key is taken',
    explanation: 'Another source has this key. Use that source, or another key.',
  },
  source_sealed: {
    status: 409,
    title: 'The source is sealed',
    explanation: 'The identity of a sealed source is not shown or changed until it is unsealed.',
  },
  source_not_sealed: {
    status: 409,
    title: 'The source is not sealed',
    explanation: 'The request needs a sealed source; this one is not.',
  },
} as const satisfies Record<RefusalCode, ProblemRow>;
