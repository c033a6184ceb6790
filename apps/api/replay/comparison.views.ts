import { ApiProperty } from '@nestjs/swagger';
import {
  CLAIM_STATUSES,
  LIFECYCLES,
  type Lifecycle,
  STANCES,
  type Stance,
  THREAD_STATUSES,
  type ThreadStatus,
} from '#domain';
import type {
  AttributionFound,
  ClaimDifference,
  ExplainedSetAside,
  ExplainedVoice,
  ExplainedWord,
  Explanation,
  PartChange,
  RulingThen,
  ThreadDiff,
} from '#replay';
import { RulingDto, StatusChangeDto } from '../threads/threads.views.js';
import { AsOfDto, asOfDto } from './as-of.js';
import { OpenQuestionsDto, StandingDto } from './replay.views.js';

const ID = { format: 'uuid' } as const;
const TIME = { format: 'date-time' } as const;
const NULL_TEXT = { type: String, nullable: true } as const;
const NULL_ID = { ...NULL_TEXT, ...ID } as const;
const CLAIM_STATUS = { enum: CLAIM_STATUSES, enumName: 'ClaimStatus' } as const;
const THREAD_STATUS = { enum: THREAD_STATUSES, enumName: 'ThreadStatus' } as const;
const LIFECYCLE = { enum: LIFECYCLES, enumName: 'Lifecycle' } as const;
const STANCE = { enum: STANCES, enumName: 'Stance' } as const;
const SET_ASIDE = ['echo', 'superseded', 'retracted', 'voided', 'corrected', 'unvouched', 'no_comment'] as const;

export class StatusDifferenceDto {
  @ApiProperty(THREAD_STATUS) from!: ThreadStatus;
  @ApiProperty(THREAD_STATUS) to!: ThreadStatus;
}

export class LifecycleDifferenceDto {
  @ApiProperty(LIFECYCLE) from!: Lifecycle;
  @ApiProperty(LIFECYCLE) to!: Lifecycle;
}

export class TextDifferenceDto {
  @ApiProperty() from!: string;
  @ApiProperty() to!: string;
}

export class DetailDifferenceDto extends TextDifferenceDto {
  @ApiProperty({ enum: ['headline', 'slug', 'desk', 'language', 'topics'] })
  field!: ThreadDiff['details'][number]['field'];
}

export class FlagDifferenceDto {
  @ApiProperty() from!: boolean;
  @ApiProperty() to!: boolean;
}

export class RulingDifferenceDto {
  @ApiProperty({ type: RulingDto, nullable: true }) from!: RulingThen | null;
  @ApiProperty({ type: RulingDto, nullable: true }) to!: RulingThen | null;
}

export class ClaimDifferenceDto implements ClaimDifference {
  @ApiProperty(ID) claimId!: string;
  @ApiProperty(NULL_TEXT) key!: string | null;
  @ApiProperty() statement!: string;
  @ApiProperty({ type: StandingDto, nullable: true, description: 'Null: it is not in the first view.' })
  from!: ClaimDifference['from'];
  @ApiProperty({ type: StandingDto, nullable: true, description: 'Null: it is not in the second view.' })
  to!: ClaimDifference['to'];
  @ApiProperty({ type: TextDifferenceDto, nullable: true }) reworded!: TextDifferenceDto | null;
  @ApiProperty({ type: FlagDifferenceDto, nullable: true }) core!: FlagDifferenceDto | null;
  @ApiProperty({ type: RulingDifferenceDto, nullable: true }) ruling!: RulingDifferenceDto | null;
}

/** The part that an attribution plays in the count of its claim. */
export class AttributionPartDto {
  @ApiProperty({ enum: ['for', 'against'], type: String, nullable: true }) counted!: 'for' | 'against' | null;
  @ApiProperty({ enum: SET_ASIDE, type: String, nullable: true, description: 'Why it does not count.' })
  setAside!: (typeof SET_ASIDE)[number] | null;
  @ApiProperty({ ...NULL_ID, description: 'The attribution that counts instead.' }) setAsideBy!: string | null;
}

export class AttributionFoundDto implements AttributionFound {
  @ApiProperty(ID) attributionId!: string;
  @ApiProperty(ID) claimId!: string;
  @ApiProperty(STANCE) stance!: Stance;
  @ApiProperty() tentative!: boolean;
  @ApiProperty({ ...NULL_ID, description: 'Null: nobody knows who said it.' }) speakerId!: string | null;
  @ApiProperty({ type: [String], description: 'Sources.' }) via!: readonly string[];
  @ApiProperty(TIME) statedAt!: string;
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty({ ...NULL_ID, description: 'The event that brought it into the thread.' }) eventId!: string | null;
  @ApiProperty({ type: AttributionPartDto }) part!: AttributionPartDto;
}

export class TakenBackDto {
  @ApiProperty(ID) eventId!: string;
  @ApiProperty() reason!: string;
}

export class PartChangeDto implements PartChange {
  @ApiProperty(ID) attributionId!: string;
  @ApiProperty(ID) claimId!: string;
  @ApiProperty({ type: AttributionPartDto }) from!: AttributionPartDto;
  @ApiProperty({ type: AttributionPartDto }) to!: AttributionPartDto;
  @ApiProperty({ type: TakenBackDto, nullable: true, description: 'By which event, and why.' })
  takenBack!: TakenBackDto | null;
}

export class AttributionDifferencesDto {
  @ApiProperty({ type: [AttributionFoundDto] }) added!: readonly AttributionFoundDto[];
  @ApiProperty({ type: [AttributionFoundDto], description: 'Not in the second view any more.' })
  gone!: readonly AttributionFoundDto[];
  @ApiProperty({ type: [PartChangeDto], description: 'In both, with another part in the count.' })
  changed!: readonly PartChangeDto[];
}

export class PolicyDifferenceDto {
  @ApiProperty({ example: 'standard-1' }) from!: string;
  @ApiProperty({ example: 'standard-2' }) to!: string;
}

export class ThreadDiffDto implements Omit<ThreadDiff, 'from' | 'to'> {
  @ApiProperty({ type: AsOfDto }) from!: AsOfDto;
  @ApiProperty({ type: AsOfDto }) to!: AsOfDto;
  @ApiProperty({ type: StatusDifferenceDto, nullable: true }) thread!: StatusDifferenceDto | null;
  @ApiProperty({ type: LifecycleDifferenceDto, nullable: true }) lifecycle!: LifecycleDifferenceDto | null;
  @ApiProperty({ type: PolicyDifferenceDto, nullable: true, description: 'By which each view is judged.' })
  policy!: PolicyDifferenceDto | null;
  @ApiProperty({ type: [DetailDifferenceDto] }) details!: ThreadDiff['details'];
  @ApiProperty({ type: [ClaimDifferenceDto], description: 'Those that stand, read or are ruled differently.' })
  claims!: readonly ClaimDifference[];
  @ApiProperty({ type: AttributionDifferencesDto }) attributions!: ThreadDiff['attributions'];
  @ApiProperty({ type: OpenQuestionsDto }) openQuestions!: OpenQuestionsDto;
  @ApiProperty({ type: [String], example: ['"visit": corroborated -> confirmed (multiple)'] })
  text!: readonly string[];
}

export function diffDto(diff: ThreadDiff, text: readonly string[]): ThreadDiffDto {
  return { ...diff, from: asOfDto(diff.from), to: asOfDto(diff.to), text };
}

export class ExplainedWordDto implements ExplainedWord {
  @ApiProperty(ID) attributionId!: string;
  @ApiProperty(STANCE) stance!: Stance;
  @ApiProperty() tentative!: boolean;
  @ApiProperty(NULL_ID) speakerId!: string | null;
  @ApiProperty({ example: 'The Kremlin', description: 'As it is called now.' }) speaker!: string;
  @ApiProperty({ type: [String], example: ['TASS'] }) via!: readonly string[];
  @ApiProperty(TIME) statedAt!: string;
  @ApiProperty(TIME) recordedAt!: string;
  @ApiProperty({ ...NULL_ID, description: 'The event that brought it into the thread.' }) eventId!: string | null;
}

export class ExplainedVoiceDto implements ExplainedVoice {
  @ApiProperty({ example: 'government:ru' }) group!: string;
  @ApiProperty({ description: 'A party or authority, on record.' }) standing!: boolean;
  @ApiProperty({ description: 'At least one of its words does not hedge.' }) firm!: boolean;
  @ApiProperty({ type: [ExplainedWordDto] }) words!: readonly ExplainedWordDto[];
}

export class ExplainedSetAsideDto extends ExplainedWordDto implements ExplainedSetAside {
  @ApiProperty({ enum: SET_ASIDE }) reason!: ExplainedSetAside['reason'];
  @ApiProperty({ ...NULL_ID, description: 'The attribution that counts instead.' }) by!: string | null;
  @ApiProperty({ type: TakenBackDto, nullable: true }) takenBack!: TakenBackDto | null;
}

export class ExplanationDto implements Omit<Explanation, 'asOf'> {
  @ApiProperty({ type: AsOfDto }) asOf!: AsOfDto;
  @ApiProperty(ID) claimId!: string;
  @ApiProperty(NULL_TEXT) key!: string | null;
  @ApiProperty() statement!: string;
  @ApiProperty({ example: 'standard-1' }) policy!: string;
  @ApiProperty({ type: StandingDto }) standing!: Explanation['standing'];
  @ApiProperty({ ...CLAIM_STATUS, description: 'What the rules say, whatever is shown.' })
  computedStatus!: Explanation['computedStatus'];
  @ApiProperty({ example: 'a party or authority confirms it, on record' }) ruleInWords!: string;
  @ApiProperty({ type: [ExplainedVoiceDto] }) for!: readonly ExplainedVoiceDto[];
  @ApiProperty({ type: [ExplainedVoiceDto] }) against!: readonly ExplainedVoiceDto[];
  @ApiProperty({ type: [ExplainedSetAsideDto] }) setAside!: readonly ExplainedSetAsideDto[];
  @ApiProperty({ type: RulingDto, nullable: true }) ruling!: Explanation['ruling'];
  @ApiProperty({ type: [String], description: 'Confirmed claims that exclude this one.' }) rivals!: readonly string[];
  @ApiProperty({ type: [StatusChangeDto], description: 'Single additions that would change it, the smallest first.' })
  wouldChange!: Explanation['wouldChange'];
  @ApiProperty({ description: 'All of it in words, a line each.' }) text!: string;
}

export function explanationDto(explanation: Explanation): ExplanationDto {
  return { ...explanation, asOf: asOfDto(explanation.asOf) };
}
