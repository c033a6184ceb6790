import { EntitySchema } from 'typeorm';
import type { ClaimId, ClaimStatus, Instant, Rule, StatusOrigin, ThreadId, ThreadStatus } from '#domain';
import type { LedgerEventType, Position, Revision } from '#event-store';
import { flag, instantAt, position, revision, text, uuid } from '../projection/columns.js';

/**
 * One row for each event that changed what is shown of a claim (its status, the origin or basis of it, or whether it
 * is challenged), the status of its thread, or the policy by which that is judged.
 */
export interface StatusHistoryRow {
  readonly position: Position;
  /** The claim, or the thread itself. */
  readonly subjectId: string;
  readonly threadId: ThreadId;
  /** Null: the thread's own status. */
  readonly claimId: ClaimId | null;
  readonly claimKey: string | null;
  /** Null: it was not in the thread before. */
  readonly statusBefore: ClaimStatus | ThreadStatus | null;
  /** Null: it left the thread, by an unmerge. */
  readonly statusAfter: ClaimStatus | ThreadStatus | null;
  readonly originBefore: StatusOrigin | null;
  readonly originAfter: StatusOrigin | null;
  /** Null for a thread. */
  readonly ruleBefore: Rule | null;
  readonly ruleAfter: Rule | null;
  readonly basisBefore: 'single' | 'multiple' | null;
  readonly basisAfter: 'single' | 'multiple' | null;
  readonly challengedBefore: boolean;
  readonly challengedAfter: boolean;
  readonly policy: string;
  /** The event that caused it. */
  readonly eventId: string;
  readonly eventType: LedgerEventType;
  readonly revision: Revision;
  readonly actorId: string;
  readonly actorName: string;
  readonly recordedAt: Instant;
}

export const StatusHistoryEntity = new EntitySchema<StatusHistoryRow>({
  name: 'StatusHistory',
  schema: 'read_models',
  tableName: 'status_history',
  columns: {
    position: position('position', { primary: true }),
    subjectId: uuid('subject_id', { primary: true }),
    threadId: uuid('thread_id'),
    claimId: uuid('claim_id', { nullable: true }),
    claimKey: text('claim_key', { nullable: true }),
    statusBefore: text('status_before', { nullable: true }),
    statusAfter: text('status_after', { nullable: true }),
    originBefore: text('origin_before', { nullable: true }),
    originAfter: text('origin_after', { nullable: true }),
    ruleBefore: text('rule_before', { nullable: true }),
    ruleAfter: text('rule_after', { nullable: true }),
    basisBefore: text('basis_before', { nullable: true }),
    basisAfter: text('basis_after', { nullable: true }),
    challengedBefore: flag('challenged_before'),
    challengedAfter: flag('challenged_after'),
    policy: text('policy'),
    eventId: uuid('event_id'),
    eventType: text('event_type'),
    revision: revision('revision'),
    actorId: text('actor_id'),
    actorName: text('actor_name'),
    recordedAt: instantAt('recorded_at'),
  },
});
