import { ApiProperty } from '@nestjs/swagger';
import type { ThreadReceipt } from '#application';
import {
  CLAIM_STATUSES,
  type ClaimStatus,
  LIFECYCLES,
  type Lifecycle,
  type SourceSnapshot,
  STANCES,
  type Stance,
  type StatusChange,
  THREAD_STATUSES,
  type ThreadStatus,
} from '#domain';
import type { JudgedEcho } from '#echoes';
import type { StoredEvent } from '#event-store';
import type { AttributionRow, ClaimRow, SearchHit, StatusHistoryRow, ThreadBoardRow } from '#read-models';
import type { AsOfNote } from '#replay';
import { pageDto } from '../paging/page.js';
import { WithEventReceipts } from '../proof/proof.dto.js';
import { AsOfDto, asOfDto } from '../replay/as-of.js';
import { EchoDto } from '../replay/replay.views.js';

const ID = { format: 'uuid' } as const;
const TIME = { format: 'date-time' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const NULL_ID = { ...NULL_TEXT, ...ID } as const;
const REVISION = { description: 'Of the thread’s stream, from 0; also its ETag.', example: '12' } as const;
const AS_OF = {
  type: AsOfDto,
  nullable: true,
  description: 'The moment of a view of the past; null: it is of now.',
} as const;
const POSITION = { description: 'In the whole log; give it to a read as `after`.', example: '4711' } as const;

export class ClaimOutcomeDto {
  @ApiProperty(ID) claimId!: string;
  @ApiProperty({ enum: CLAIM_STATUSES, enumName: 'ClaimStatus' }) status!: ClaimStatus;
  @ApiProperty({ description: 'Rule of the policy, R1 to R9.', example: 'R4' }) rule!: string;
  @ApiProperty({ ...NULL_TEXT, description: 'Of a confirmation: single or multiple.' }) basis!: string | null;
  @ApiProperty({ description: 'Confirmed, yet an independent group denies.' }) challenged!: boolean;
}

/** What a command left behind. */
export class ReceiptDto extends WithEventReceipts {
  @ApiProperty(ID) threadId!: string;
  @ApiProperty(NULL_ID) claimId!: string | null;
  @ApiProperty(NULL_ID) attributionId!: string | null;
  @ApiProperty({ description: 'False: it had been done before, and nothing was added.' }) changed!: boolean;
  @ApiProperty(REVISION) revision!: string;
  @ApiProperty({ ...NULL_TEXT, ...POSITION }) position!: string | null;
  @ApiProperty({ ...NULL_TEXT, ...TIME }) recordedAt!: string | null;
  @ApiProperty({ enum: THREAD_STATUSES, enumName: 'ThreadStatus', description: 'Of the thread, right after it.' })
  status!: ThreadStatus;
  @ApiProperty({ type: ClaimOutcomeDto, nullable: true, description: 'Of the claim it was about.' })
  claim!: ClaimOutcomeDto | null;
}

/** Of an attribution: with what it looks like. */
export class AttributionReceiptDto extends ReceiptDto {
  @ApiProperty({
    type: [EchoDto],
    description: 'Earlier attributions of the claim that it looks like, and whether it is counted beside them.',
  })
  echoes!: readonly JudgedEcho[];
}

export function receiptDto(receipt: ThreadReceipt): ReceiptDto {
  const { threadId, claimId, attributionId, changed, standing } = receipt;
  const claim = standing.claims.get(claimId ?? '');
  return {
    threadId,
    claimId,
    attributionId,
    changed,
    revision: receipt.revision.toString(),
    position: receipt.position?.toString() ?? null,
    recordedAt: receipt.recordedAt,
    status: standing.status,
    claim:
      claim === undefined
        ? null
        : {
            claimId: claim.claimId,
            status: claim.status,
            rule: claim.computed.rule,
            basis: claim.computed.basis ?? null,
            challenged: claim.computed.challenged ?? false,
          },
  };
}

export class ThreadDto {
  @ApiProperty(ID) threadId!: string;
  @ApiProperty({ example: 'kim-putin-visit' }) slug!: string;
  @ApiProperty() headline!: string;
  @ApiProperty({ example: 'asia' }) desk!: string;
  @ApiProperty({ type: [String] }) topics!: string[];
  @ApiProperty({ example: 'en' }) language!: string;
  @ApiProperty({ enum: LIFECYCLES, enumName: 'Lifecycle' }) lifecycle!: Lifecycle;
  @ApiProperty({ ...NULL_ID, description: 'The thread that speaks for this one.' }) mergedInto!: string | null;
  @ApiProperty({ enum: THREAD_STATUSES, enumName: 'ThreadStatus' }) status!: ThreadStatus;
  @ApiProperty({ example: 'standard-1' }) policy!: string;
  @ApiProperty() claimCount!: number;
  @ApiProperty() coreClaimCount!: number;
  @ApiProperty({ type: Object, example: { confirmed: 2, tentative: 1 } }) claimsByStatus!: object;
  @ApiProperty() attributionCount!: number;
  @ApiProperty() takenBackCount!: number;
  @ApiProperty({ type: Object, example: { confirm: 5, report: 4 } }) attributionsByStance!: object;
  @ApiProperty({ type: [String], description: 'Claims that nobody has settled.' }) openQuestions!: string[];
  @ApiProperty(TIME) openedAt!: string;
  @ApiProperty(TIME) changedAt!: string;
  @ApiProperty(REVISION) revision!: string;
  @ApiProperty(POSITION) position!: string;
  @ApiProperty(AS_OF) asOf!: AsOfDto | null;
}

export function threadDto({ openQuestionCount: _, ...row }: ThreadBoardRow, asOf: AsOfNote | null = null): ThreadDto {
  return {
    ...row,
    asOf: asOf && asOfDto(asOf),
    topics: [...row.topics],
    openQuestions: [...row.openQuestions],
    revision: row.revision.toString(),
    position: row.position.toString(),
  };
}

export class VoiceDto {
  @ApiProperty({ example: 'government:ru' }) group!: string;
  @ApiProperty({ type: [String] }) attributionIds!: readonly string[];
  @ApiProperty() standing!: boolean;
  @ApiProperty() firm!: boolean;
}

export class SetAsideDto {
  @ApiProperty(ID) attributionId!: string;
  @ApiProperty({ enum: ['echo', 'superseded', 'retracted', 'voided', 'corrected', 'unvouched', 'no_comment'] })
  reason!: string;
  @ApiProperty({ ...NULL_ID, description: 'The attribution that counts instead.' }) by!: string | null;
}

export class RulingDto {
  @ApiProperty(ID) rulingId!: string;
  @ApiProperty({ enum: CLAIM_STATUSES, enumName: 'ClaimStatus' }) status!: ClaimStatus;
  @ApiProperty() reason!: string;
}

export class ClaimDto {
  @ApiProperty(ID) claimId!: string;
  @ApiProperty(NULL_TEXT) key!: string | null;
  @ApiProperty() statement!: string;
  @ApiProperty() core!: boolean;
  @ApiProperty({ type: [String], description: 'Sources that are parties or authorities.' })
  standing!: readonly string[];
  @ApiProperty({ enum: CLAIM_STATUSES, enumName: 'ClaimStatus', description: 'What is shown.' }) status!: ClaimStatus;
  @ApiProperty({ enum: ['policy', 'ruling', 'exclusive_set', 'mooted', 'lapsed'] }) origin!: string;
  @ApiProperty({ description: 'What the rules say, whatever is shown.' }) computedStatus!: string;
  @ApiProperty({ example: 'R4' }) rule!: string;
  @ApiProperty(NULL_TEXT) basis!: string | null;
  @ApiProperty() challenged!: boolean;
  @ApiProperty({ ...NULL_TEXT, description: 'Of a moot or lapsed claim: what stood before.' }) lastStatus!:
    | string
    | null;
  @ApiProperty({ type: RulingDto, nullable: true }) ruling!: RulingDto | null;
  @ApiProperty({ type: [VoiceDto] }) for!: readonly VoiceDto[];
  @ApiProperty({ type: [VoiceDto] }) against!: readonly VoiceDto[];
  @ApiProperty({ type: [SetAsideDto] }) setAside!: readonly SetAsideDto[];
  @ApiProperty({ type: [String], description: 'Confirmed claims that exclude this one.' }) rivals!: readonly string[];
  @ApiProperty() attributionCount!: number;
  @ApiProperty({ ...NULL_ID, description: 'The thread that a merge carried it from.' }) carriedFrom!: string | null;
  @ApiProperty({ example: 'standard-1' }) policy!: string;
  @ApiProperty(TIME) openedAt!: string;
  @ApiProperty({ ...TIME, description: 'Of the last event about the claim itself.' }) changedAt!: string;
}

export function claimDto(row: ClaimRow): ClaimDto {
  const { claimId, key, statement, core, standing, status, origin, computedStatus, rule, basis, challenged } = row;
  const { lastStatus, ruling, explanation, rivals, attributionCount, carriedFrom, policy, openedAt, changedAt } = row;
  return {
    claimId,
    key,
    statement,
    core,
    standing,
    status,
    origin,
    computedStatus,
    rule,
    basis,
    challenged,
    lastStatus,
    ruling,
    ...explanation,
    rivals,
    attributionCount,
    carriedFrom,
    policy,
    openedAt,
    changedAt,
  };
}

export class ThreadDetailDto extends ThreadDto {
  @ApiProperty({ type: [ClaimDto], description: 'In the order in which they were opened.' }) claims!: ClaimDto[];
}

export class StatusChangeDto {
  @ApiProperty({ example: 'corroborated' }) becomes!: string;
  @ApiProperty({ example: 'one firm independent report makes it corroborated' }) sentence!: string;
  @ApiProperty({ type: Object, example: { stance: 'report', speaker: 'independent', tentative: false } })
  addition!: StatusChange['addition'];
}

export class ClaimDetailDto extends ClaimDto {
  @ApiProperty({
    type: [StatusChangeDto],
    description: 'Single additions that would change the computed status, the smallest first.',
  })
  wouldChange!: readonly StatusChangeDto[];
  @ApiProperty(AS_OF) asOf!: AsOfDto | null;
}

export class ClaimListDto {
  @ApiProperty({ type: [ClaimDto] }) items!: ClaimDto[];
  @ApiProperty(AS_OF) asOf!: AsOfDto | null;
}

export class SourceRefDto {
  @ApiProperty(ID) sourceId!: string;
  @ApiProperty({ example: 'government' }) kind!: string;
  @ApiProperty({ example: 'government:ru' }) group!: string;
  @ApiProperty() trustedConduit!: boolean;
}

export class AttributionDto {
  @ApiProperty(ID) attributionId!: string;
  @ApiProperty(ID) claimId!: string;
  @ApiProperty(NULL_TEXT) key!: string | null;
  @ApiProperty({ enum: STANCES, enumName: 'Stance' }) stance!: Stance;
  @ApiProperty({ type: SourceRefDto, nullable: true, description: 'As registered when recorded.' })
  speaker!: SourceSnapshot | null;
  @ApiProperty({ type: [SourceRefDto] }) via!: readonly SourceSnapshot[];
  @ApiProperty() onRecord!: boolean;
  @ApiProperty(NULL_TEXT) vouchedBy!: string | null;
  @ApiProperty() tentative!: boolean;
  @ApiProperty() standing!: boolean;
  @ApiProperty(TIME) statedAt!: string;
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty(REVISION) revision!: string;
  @ApiProperty(NULL_TEXT) quote!: string | null;
  @ApiProperty(NULL_TEXT) url!: string | null;
  @ApiProperty(NULL_TEXT) note!: string | null;
  @ApiProperty({ enum: ['for', 'against'], type: String, nullable: true }) counted!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'Why it does not count.' }) setAside!: string | null;
  @ApiProperty(NULL_ID) setAsideBy!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'voided, retracted or corrected.' }) takenBackHow!: string | null;
  @ApiProperty(NULL_TEXT) takenBackReason!: string | null;
  @ApiProperty(NULL_ID) replacedBy!: string | null;
  @ApiProperty({ description: 'Who recorded it.' }) actorName!: string;
  @ApiProperty(ID) eventId!: string;
  @ApiProperty(NULL_TEXT) batchId!: string | null;
}

export function attributionDto(row: AttributionRow): AttributionDto {
  const { attributionId, claimId, key, stance, speaker, via, onRecord, vouchedBy, tentative, standing } = row;
  const { statedAt, recordedAt, quote, url, note, counted, setAside, setAsideBy } = row;
  const { takenBackHow, takenBackReason, replacedBy, actorName, eventId, batchId } = row;
  return {
    attributionId,
    claimId,
    key,
    stance,
    speaker,
    via,
    onRecord,
    vouchedBy,
    tentative,
    standing,
    statedAt,
    recordedAt,
    revision: row.revision.toString(),
    quote,
    url,
    note,
    counted,
    setAside,
    setAsideBy,
    takenBackHow,
    takenBackReason,
    replacedBy,
    actorName,
    eventId,
    batchId,
  };
}

export class HistoryDto {
  @ApiProperty({ ...NULL_ID, description: 'Null: the status of the thread itself.' }) claimId!: string | null;
  @ApiProperty(NULL_TEXT) claimKey!: string | null;
  @ApiProperty(NULL_TEXT) statusBefore!: string | null;
  @ApiProperty(NULL_TEXT) statusAfter!: string | null;
  @ApiProperty(NULL_TEXT) ruleBefore!: string | null;
  @ApiProperty(NULL_TEXT) ruleAfter!: string | null;
  @ApiProperty(NULL_TEXT) basisAfter!: string | null;
  @ApiProperty({ example: 'standard-1', description: 'By which the status after it was found.' }) policy!: string;
  @ApiProperty({ description: 'The event that caused it.' }) eventType!: string;
  @ApiProperty(ID) eventId!: string;
  @ApiProperty(REVISION) revision!: string;
  @ApiProperty(POSITION) position!: string;
  @ApiProperty() actorName!: string;
  @ApiProperty(TIME) recordedAt!: string;
}

export function historyDto(row: StatusHistoryRow): HistoryDto {
  const { claimId, claimKey, statusBefore, statusAfter, ruleBefore, ruleAfter, basisAfter, policy } = row;
  const { eventType, eventId, actorName, recordedAt } = row;
  return {
    claimId,
    claimKey,
    statusBefore,
    statusAfter,
    ruleBefore,
    ruleAfter,
    basisAfter,
    policy,
    eventType,
    eventId,
    revision: row.revision.toString(),
    position: row.position.toString(),
    actorName,
    recordedAt,
  };
}

export class EventDto {
  @ApiProperty(ID) id!: string;
  @ApiProperty({ example: 'ClaimConfirmed' }) type!: string;
  @ApiProperty() schemaVersion!: number;
  @ApiProperty(REVISION) revision!: string;
  @ApiProperty(POSITION) position!: string;
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty({ type: Object, example: { id: 'key:0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11', name: 'Asia desk' } })
  actor!: object;
  @ApiProperty() correlationId!: string;
  @ApiProperty(NULL_TEXT) causationId!: string | null;
  @ApiProperty(NULL_TEXT) batchId!: string | null;
  @ApiProperty({ type: Object }) data!: object;
}

export function eventDto({ id, event, context, schemaVersion, revision, position, recordedAt }: StoredEvent): EventDto {
  return {
    id,
    type: event.type,
    schemaVersion,
    revision: revision.toString(),
    position: position.toString(),
    recordedAt,
    ...context,
    data: event.data,
  };
}

export class SearchHitDto implements SearchHit {
  @ApiProperty({ enum: ['thread', 'claim', 'attribution'] }) kind!: SearchHit['kind'];
  @ApiProperty(ID) threadId!: string;
  @ApiProperty(ID) id!: string;
  @ApiProperty({ description: 'The words found stand in « and ».' }) snippet!: string;
  @ApiProperty() rank!: number;
}

export class SearchResultDto {
  @ApiProperty({ type: [SearchHitDto] }) items!: SearchHitDto[];
}

export class ThreadPageDto extends pageDto(ThreadDto) {}
export class AttributionPageDto extends pageDto(AttributionDto) {
  @ApiProperty(AS_OF) asOf!: AsOfDto | null;
}
export class HistoryPageDto extends pageDto(HistoryDto) {}
export class EventPageDto extends pageDto(EventDto) {}
