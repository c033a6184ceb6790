import { EntitySchema } from 'typeorm';
import type {
  AttributionId,
  ClaimId,
  Instant,
  SetAsideReason,
  SourceId,
  SourceSnapshot,
  Stance,
  TakeBack,
  ThreadId,
} from '#domain';
import type { Position, Revision } from '#event-store';
import { flag, instantAt, json, position, revision, text, uuid, uuids } from '../projection/columns.js';

/** One row for each attribution of each thread; one that a merge carried stands in both threads, as its claim does. */
export interface AttributionRow {
  readonly threadId: ThreadId;
  readonly attributionId: AttributionId;
  readonly claimId: ClaimId;
  readonly key: string | null;
  readonly stance: Stance;
  /** Null when nobody knows who spoke. */
  readonly speakerId: SourceId | null;
  /** As the registry said when the words were recorded. */
  readonly speaker: SourceSnapshot | null;
  /** Nearest to the speaker first. */
  readonly via: readonly SourceSnapshot[];
  readonly viaIds: readonly SourceId[];
  readonly onRecord: boolean;
  readonly vouchedBy: string | null;
  readonly tentative: boolean;
  readonly standing: boolean;
  readonly statedAt: Instant;
  readonly recordedAt: Instant;
  /** Its place in the stream that first recorded it. */
  readonly revision: Revision;
  readonly quote: string | null;
  readonly url: string | null;
  readonly note: string | null;
  readonly language: string;
  /** The thread that a merge carried it from. */
  readonly carriedFrom: ThreadId | null;
  /** The event that brought it into this thread: its recording, or the merge that carried it. */
  readonly eventId: string;
  readonly position: Position;
  readonly actorId: string;
  readonly actorName: string;
  readonly batchId: string | null;
  /** Which side of the claim's count it is on; null when it does not count. */
  readonly counted: 'for' | 'against' | null;
  readonly setAside: SetAsideReason | null;
  /** The attribution that counts instead. */
  readonly setAsideBy: AttributionId | null;
  readonly takenBackHow: TakeBack['how'] | null;
  readonly takenBackStatedAt: Instant | null;
  readonly takenBackRecordedAt: Instant | null;
  readonly replacedBy: AttributionId | null;
  /** Null for a void, and for one that was taken back before a merge carried it here. */
  readonly takenBackBy: SourceId | null;
  readonly takenBackReason: string | null;
  readonly takenBackEventId: string | null;
}

export const AttributionEntity = new EntitySchema<AttributionRow>({
  name: 'Attribution',
  schema: 'read_models',
  tableName: 'attribution',
  columns: {
    threadId: uuid('thread_id', { primary: true }),
    attributionId: uuid('attribution_id', { primary: true }),
    claimId: uuid('claim_id'),
    key: text('key', { nullable: true }),
    stance: text('stance'),
    speakerId: uuid('speaker_id', { nullable: true }),
    speaker: json('speaker', { nullable: true }),
    via: json('via'),
    viaIds: uuids('via_ids'),
    onRecord: flag('on_record'),
    vouchedBy: text('vouched_by', { nullable: true }),
    tentative: flag('tentative'),
    standing: flag('standing'),
    statedAt: instantAt('stated_at'),
    recordedAt: instantAt('recorded_at'),
    revision: revision('revision'),
    quote: text('quote', { nullable: true }),
    url: text('url', { nullable: true }),
    note: text('note', { nullable: true }),
    language: text('language'),
    carriedFrom: uuid('carried_from', { nullable: true }),
    eventId: uuid('event_id'),
    position: position('position'),
    actorId: text('actor_id'),
    actorName: text('actor_name'),
    batchId: text('batch_id', { nullable: true }),
    counted: text('counted', { nullable: true }),
    setAside: text('set_aside', { nullable: true }),
    setAsideBy: uuid('set_aside_by', { nullable: true }),
    takenBackHow: text('taken_back_how', { nullable: true }),
    takenBackStatedAt: instantAt('taken_back_stated_at', { nullable: true }),
    takenBackRecordedAt: instantAt('taken_back_recorded_at', { nullable: true }),
    replacedBy: uuid('replaced_by', { nullable: true }),
    takenBackBy: uuid('taken_back_by', { nullable: true }),
    takenBackReason: text('taken_back_reason', { nullable: true }),
    takenBackEventId: uuid('taken_back_event_id', { nullable: true }),
  },
});
