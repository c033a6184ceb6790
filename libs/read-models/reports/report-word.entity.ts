import { EntitySchema } from 'typeorm';
import type { AttributionId, ClaimId, Instant, SourceId, Stance, TakeBack, ThreadId } from '#domain';
import type { LedgerEventType, Position } from '#event-store';
import { flag, instantAt, position, seconds, text, uuid } from '../projection/columns.js';

/** One row for each denial and each comment declined. */
export interface ReportWordRow {
  readonly attributionId: AttributionId;
  readonly claimId: ClaimId;
  /** In which it was recorded. */
  readonly threadId: ThreadId;
  readonly stance: Extract<Stance, 'deny' | 'no_comment'>;
  readonly sourceId: SourceId | null;
  readonly group: string | null;
  readonly recordedAt: Instant;
  readonly position: Position;
  /** Our own slip: it was never said. */
  readonly voided: boolean;
  /** Of a denial: others than its own voice spoke for the claim when it came to be shown as confirmed later. */
  readonly laterConfirmed: boolean;
  /** A denial that is not the only one of its source on its claim, voided ones counted. */
  readonly repeated: boolean;
}

export const ReportWordEntity = new EntitySchema<ReportWordRow>({
  name: 'ReportWord',
  schema: 'read_models',
  tableName: 'report_word',
  columns: {
    attributionId: uuid('attribution_id', { primary: true }),
    claimId: uuid('claim_id'),
    threadId: uuid('thread_id'),
    stance: text('stance'),
    sourceId: uuid('source_id', { nullable: true }),
    group: text('voice_group', { nullable: true }),
    recordedAt: instantAt('recorded_at'),
    position: position('position'),
    voided: flag('voided'),
    laterConfirmed: flag('later_confirmed'),
    repeated: flag('repeated'),
  },
});

/** One row for each attribution that was taken back. */
export interface ReportTakeBackRow {
  readonly position: Position;
  readonly recordedAt: Instant;
  readonly threadId: ThreadId;
  readonly how: TakeBack['how'];
  /** Whose words they were. */
  readonly speakerId: SourceId | null;
  /** From recording them to recording that they were taken back. */
  readonly recordedSeconds: number | null;
  /** From saying them to taking them back; null of a void. */
  readonly statedSeconds: number | null;
  readonly imported: boolean;
}

export const ReportTakeBackEntity = new EntitySchema<ReportTakeBackRow>({
  name: 'ReportTakeBack',
  schema: 'read_models',
  tableName: 'report_take_back',
  columns: {
    position: position('position', { primary: true }),
    recordedAt: instantAt('recorded_at'),
    threadId: uuid('thread_id'),
    how: text('how'),
    speakerId: uuid('speaker_id', { nullable: true }),
    recordedSeconds: seconds('recorded_seconds'),
    statedSeconds: seconds('stated_seconds'),
    imported: flag('imported'),
  },
});

/** One row for each editorial act that is to be answered for. What an import did is answered for by its batch. */
export interface ReportActRow {
  readonly position: Position;
  readonly recordedAt: Instant;
  readonly eventId: string;
  readonly eventType: LedgerEventType;
  /** The stream. */
  readonly subject: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly reason: string | null;
}

export const ReportActEntity = new EntitySchema<ReportActRow>({
  name: 'ReportAct',
  schema: 'read_models',
  tableName: 'report_act',
  columns: {
    position: position('position', { primary: true }),
    recordedAt: instantAt('recorded_at'),
    eventId: uuid('event_id'),
    eventType: text('event_type'),
    subject: text('subject'),
    actorId: text('actor_id'),
    actorName: text('actor_name'),
    reason: text('reason', { nullable: true }),
  },
});
