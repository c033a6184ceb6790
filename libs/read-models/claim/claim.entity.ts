import { EntitySchema } from 'typeorm';
import type {
  ClaimAssessment,
  ClaimId,
  ClaimStatus,
  ClaimStatusResult,
  ComputedClaimStatus,
  Instant,
  Rule,
  SourceId,
  Stance,
  StatusOrigin,
  ThreadId,
} from '#domain';
import type { Position, Revision } from '#event-store';
import { count, flag, instantAt, json, position, revision, text, uuid, uuids } from '../projection/columns.js';

/**
 * One row for each claim of each thread. A claim that a merge carried over stands in both threads: in the one that
 * went as it was then, in the one that stayed as it is now.
 */
export interface ClaimRow {
  readonly threadId: ThreadId;
  readonly claimId: ClaimId;
  readonly key: string | null;
  readonly statement: string;
  readonly core: boolean;
  /** Sources that are parties or authorities for it. */
  readonly standing: readonly SourceId[];
  /** What is shown. */
  readonly status: ClaimStatus;
  readonly origin: StatusOrigin;
  /** What R1 to R9 say, whatever is shown; `rule`, `basis`, `challenged` and `explanation` belong to it. */
  readonly computedStatus: ComputedClaimStatus;
  readonly rule: Rule;
  readonly basis: 'single' | 'multiple' | null;
  readonly challenged: boolean;
  readonly lastStatus: ClaimStatus | null;
  readonly ruling: ClaimAssessment['ruling'];
  readonly explanation: Pick<ClaimStatusResult, 'for' | 'against' | 'setAside'>;
  readonly rivals: readonly ClaimId[];
  /** Everything recorded, taken back or not. */
  readonly attributionCount: number;
  readonly takenBackCount: number;
  /** Those that stand, by stance; a stance that nobody took is left out. */
  readonly attributionsByStance: Readonly<Partial<Record<Stance, number>>>;
  /** Voices (groups, not attributions) that count. */
  readonly voicesFor: number;
  readonly voicesAgainst: number;
  /** The thread that a merge carried it from. */
  readonly carriedFrom: ThreadId | null;
  readonly language: string;
  readonly policy: string;
  /** When it came into this thread: its place in the order of the thread's claims, with `openedIndex` within one event. */
  readonly openedAt: Instant;
  readonly openedPosition: Position;
  readonly openedIndex: number;
  /** The last event that touched it. */
  readonly changedAt: Instant;
  readonly position: Position;
  readonly revision: Revision;
}

export const ClaimEntity = new EntitySchema<ClaimRow>({
  name: 'Claim',
  schema: 'read_models',
  tableName: 'claim',
  columns: {
    threadId: uuid('thread_id', { primary: true }),
    claimId: uuid('claim_id', { primary: true }),
    key: text('key', { nullable: true }),
    statement: text('statement'),
    core: flag('core'),
    standing: uuids('standing'),
    status: text('status'),
    origin: text('origin'),
    computedStatus: text('computed_status'),
    rule: text('rule'),
    basis: text('basis', { nullable: true }),
    challenged: flag('challenged'),
    lastStatus: text('last_status', { nullable: true }),
    ruling: json('ruling', { nullable: true }),
    explanation: json('explanation'),
    rivals: uuids('rivals'),
    attributionCount: count('attribution_count'),
    takenBackCount: count('taken_back_count'),
    attributionsByStance: json('attributions_by_stance'),
    voicesFor: count('voices_for'),
    voicesAgainst: count('voices_against'),
    carriedFrom: uuid('carried_from', { nullable: true }),
    language: text('language'),
    policy: text('policy'),
    openedAt: instantAt('opened_at'),
    openedPosition: position('opened_position'),
    openedIndex: count('opened_index'),
    changedAt: instantAt('changed_at'),
    position: position('position'),
    revision: revision('revision'),
  },
});
