import { ApiProperty } from '@nestjs/swagger';
import { CLAIM_STATUSES, type ClaimStatus, THREAD_STATUSES, type ThreadStatus } from '#domain';
import type { JudgedEcho } from '#echoes';
import type { ReplayRecord } from '#replay';
import { pageDto } from '../paging/page.js';

const ID = { format: 'uuid' } as const;
const TIME = { format: 'date-time' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const NULL_ID = { ...NULL_TEXT, ...ID } as const;
const CLAIM_STATUS = { enum: CLAIM_STATUSES, enumName: 'ClaimStatus' } as const;
const THREAD_STATUS = { enum: THREAD_STATUSES, enumName: 'ThreadStatus' } as const;

/** Where a claim stands, and by which rule. */
export class StandingDto {
  @ApiProperty({ ...CLAIM_STATUS, description: 'What is shown.' }) status!: ClaimStatus;
  @ApiProperty({ enum: ['policy', 'ruling', 'exclusive_set', 'mooted', 'lapsed'] }) origin!: string;
  @ApiProperty({ description: 'What the rules say, whatever is shown.', example: 'R4' }) rule!: string;
  @ApiProperty({ ...NULL_TEXT, description: 'Of a confirmation: single or multiple.' }) basis!: string | null;
  @ApiProperty({ description: 'Confirmed, yet an independent group denies.' }) challenged!: boolean;
}

export class ClaimChangeDto {
  @ApiProperty(ID) claimId!: string;
  @ApiProperty({ ...NULL_TEXT, example: 'visit' }) key!: string | null;
  @ApiProperty() statement!: string;
  @ApiProperty({ type: StandingDto, nullable: true, description: 'Null: it was not in the thread.' })
  from!: StandingDto | null;
  @ApiProperty({ type: StandingDto, nullable: true, description: 'Null: it has left the thread, by an unmerge.' })
  to!: StandingDto | null;
}

export class ThreadChangeDto {
  @ApiProperty({ ...THREAD_STATUS, nullable: true, description: 'Null: there was no thread.' })
  from!: ThreadStatus | null;
  @ApiProperty(THREAD_STATUS) to!: ThreadStatus;
}

export class OpenQuestionsDto {
  @ApiProperty({ type: [String], description: 'Claims.' }) opened!: readonly string[];
  @ApiProperty({ type: [String], description: 'Claims.' }) closed!: readonly string[];
}

export class StepActorDto {
  @ApiProperty({ example: 'key:0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' }) id!: string;
  @ApiProperty({ example: 'Asia desk' }) name!: string;
}

/** An earlier attribution that this one looks like, without being another source. Flagged, and never a reason to refuse. */
export class EchoDto implements JudgedEcho {
  @ApiProperty({
    enum: ['same_speaker', 'same_group', 'same_words', 'near_words'],
    enumName: 'EchoKind',
    description: 'Speaker and group are one voice by every policy, the same words of another group by standard-2.',
  })
  kind!: JudgedEcho['kind'];
  @ApiProperty({ ...ID, description: 'The earlier one.' }) attributionId!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Of nearly the same words: 0 to 1.' })
  similarity!: number | null;
  @ApiProperty({ example: 'The same speaker by another carrier: one voice.' }) detail!: string;
  @ApiProperty({
    description: 'By the policy of the thread the two are one voice, counted once. False: each counts for its group.',
  })
  oneVoice!: boolean;
}

/** One event of the thread, and what it changed. */
export class ReplayStepDto implements ReplayRecord {
  @ApiProperty({ description: 'In the thread’s stream, from 0.', example: '15' }) revision!: string;
  @ApiProperty({ description: 'In the whole log.', example: '4711' }) position!: string;
  @ApiProperty(ID) eventId!: string;
  @ApiProperty({ type: String, example: 'ClaimConfirmed' }) type!: ReplayRecord['type'];
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty({ ...NULL_TEXT, ...TIME, description: 'Of a word or a taking back: when it was said.' })
  statedAt!: string | null;
  @ApiProperty({ type: StepActorDto, description: 'Who recorded it.' }) actor!: StepActorDto;
  @ApiProperty(NULL_TEXT) batchId!: string | null;
  @ApiProperty({ ...NULL_ID, description: 'The claim that the event is about.' }) claimId!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'visit' }) claimKey!: string | null;
  @ApiProperty(NULL_ID) attributionId!: string | null;
  @ApiProperty({ example: 'The Kremlin, via TASS, confirms "visit": corroborated -> confirmed (multiple)' })
  sentence!: string;
  @ApiProperty({ type: [ClaimChangeDto], description: 'Claims that stand differently, or by another rule.' })
  claims!: ReplayRecord['claims'];
  @ApiProperty({ type: ThreadChangeDto, nullable: true, description: 'Null: the thread stands as before.' })
  thread!: ThreadChangeDto | null;
  @ApiProperty({ ...THREAD_STATUS, description: 'After the event.' }) threadStatus!: ThreadStatus;
  @ApiProperty({ example: 'standard-1', description: 'By which it stands after the event.' }) policy!: string;
  @ApiProperty({ type: OpenQuestionsDto }) openQuestions!: OpenQuestionsDto;
  @ApiProperty({ type: [EchoDto] }) echoes!: readonly JudgedEcho[];
}

export class ReplayPageDto extends pageDto(ReplayStepDto) {}
