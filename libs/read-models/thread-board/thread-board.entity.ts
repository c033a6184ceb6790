import { EntitySchema } from 'typeorm';
import type { ClaimId, ClaimStatus, Instant, Lifecycle, Stance, ThreadId, ThreadStatus } from '#domain';
import type { Position, Revision } from '#event-store';
import { count, instantAt, json, position, revision, text, texts, uuid, uuids } from '../projection/columns.js';

/** One row a thread: all that a board of threads shows. */
export interface ThreadBoardRow {
  readonly threadId: ThreadId;
  readonly slug: string;
  readonly headline: string;
  readonly desk: string;
  readonly topics: readonly string[];
  /** BCP 47. */
  readonly language: string;
  readonly lifecycle: Lifecycle;
  readonly mergedInto: ThreadId | null;
  readonly status: ThreadStatus;
  readonly claimCount: number;
  readonly coreClaimCount: number;
  /** Statuses that no claim has are left out. */
  readonly claimsByStatus: Readonly<Partial<Record<ClaimStatus, number>>>;
  /** Everything recorded, taken back or not. */
  readonly attributionCount: number;
  readonly takenBackCount: number;
  /** Those that stand, by stance; a stance that nobody took is left out. */
  readonly attributionsByStance: Readonly<Partial<Record<Stance, number>>>;
  readonly openQuestionCount: number;
  readonly openQuestions: readonly ClaimId[];
  /** Name and version, such as `standard-1`. */
  readonly policy: string;
  readonly openedAt: Instant;
  /** Of the thread's last event, as are `position` and `revision`. */
  readonly changedAt: Instant;
  readonly position: Position;
  readonly revision: Revision;
}

export const ThreadBoardEntity = new EntitySchema<ThreadBoardRow>({
  name: 'ThreadBoard',
  schema: 'read_models',
  tableName: 'thread_board',
  columns: {
    threadId: uuid('thread_id', { primary: true }),
    slug: text('slug'),
    headline: text('headline'),
    desk: text('desk'),
    topics: texts('topics'),
    language: text('language'),
    lifecycle: text('lifecycle'),
    mergedInto: uuid('merged_into', { nullable: true }),
    status: text('status'),
    claimCount: count('claim_count'),
    coreClaimCount: count('core_claim_count'),
    claimsByStatus: json('claims_by_status'),
    attributionCount: count('attribution_count'),
    takenBackCount: count('taken_back_count'),
    attributionsByStance: json('attributions_by_stance'),
    openQuestionCount: count('open_question_count'),
    openQuestions: uuids('open_questions'),
    policy: text('policy'),
    openedAt: instantAt('opened_at'),
    changedAt: instantAt('changed_at'),
    position: position('position'),
    revision: revision('revision'),
  },
});

/** Every slug that a thread ever had, so that an old link still finds it. */
export interface ThreadSlugRow {
  readonly slug: string;
  readonly threadId: ThreadId;
  /** When the thread last took this slug. */
  readonly position: Position;
}

export const ThreadSlugEntity = new EntitySchema<ThreadSlugRow>({
  name: 'ThreadSlug',
  schema: 'read_models',
  tableName: 'thread_slug',
  columns: {
    slug: text('slug', { primary: true }),
    threadId: uuid('thread_id', { primary: true }),
    position: position('position'),
  },
});
