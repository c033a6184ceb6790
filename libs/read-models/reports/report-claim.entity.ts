import { EntitySchema } from 'typeorm';
import type { ClaimId, ClaimStatus, Instant, SourceId, ThreadId } from '#domain';
import type { LedgerEventType } from '#event-store';
import { flag, instantAt, seconds, text, uuid, uuids } from '../projection/columns.js';

/**
 * What reports ask of a claim, wherever a merge has carried it: one row. Firsts stay what they were, whatever comes
 * later. Seconds of the "stated" clock are between the moments at which things were said in the world.
 */
export interface ReportClaimRow {
  readonly claimId: ClaimId;
  /** The thread that speaks for it now. */
  readonly threadId: ThreadId;
  readonly status: ClaimStatus;
  /** Nobody has settled it. */
  readonly isOpen: boolean;
  readonly openedAt: Instant;
  /** When one, and when two, firm voices stood for it for the first time. */
  readonly firstVoiceAt: Instant | null;
  readonly secondVoiceAt: Instant | null;
  /** Who spoke for it as the first. */
  readonly firstVoiceBy: readonly SourceId[] | null;
  readonly secondVoiceStatedSeconds: number | null;
  /** When it was shown as confirmed or denied for the first time, and as which. */
  readonly settledAt: Instant | null;
  readonly settledAs: 'confirmed' | 'denied' | null;
  readonly settledStatedSeconds: number | null;
  /** Whose words counted then for what was shown. */
  readonly settledBy: readonly SourceId[] | null;
  readonly confirmedAt: Instant | null;
  /** Who spoke for it then. */
  readonly confirmedBy: readonly SourceId[] | null;
  /** When it was no longer shown as confirmed for the first time, as what, and by which kind of event. */
  readonly fallenAt: Instant | null;
  readonly fallenTo: ClaimStatus | null;
  readonly fallenBy: LedgerEventType | null;
}

export const ReportClaimEntity = new EntitySchema<ReportClaimRow>({
  name: 'ReportClaim',
  schema: 'read_models',
  tableName: 'report_claim',
  columns: {
    claimId: uuid('claim_id', { primary: true }),
    threadId: uuid('thread_id'),
    status: text('status'),
    isOpen: flag('is_open'),
    openedAt: instantAt('opened_at'),
    firstVoiceAt: instantAt('first_voice_at', { nullable: true }),
    firstVoiceBy: { ...uuids('first_voice_by'), nullable: true },
    secondVoiceAt: instantAt('second_voice_at', { nullable: true }),
    secondVoiceStatedSeconds: seconds('second_voice_stated_seconds'),
    settledAt: instantAt('settled_at', { nullable: true }),
    settledAs: text('settled_as', { nullable: true }),
    settledStatedSeconds: seconds('settled_stated_seconds'),
    settledBy: { ...uuids('settled_by'), nullable: true },
    confirmedAt: instantAt('confirmed_at', { nullable: true }),
    confirmedBy: { ...uuids('confirmed_by'), nullable: true },
    fallenAt: instantAt('fallen_at', { nullable: true }),
    fallenTo: text('fallen_to', { nullable: true }),
    fallenBy: text('fallen_by', { nullable: true }),
  },
});
