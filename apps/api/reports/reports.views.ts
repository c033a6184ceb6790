import type { Type as Class } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { CLAIM_STATUSES, THREAD_STATUSES } from '#domain';
import {
  type DenialsRow,
  type Durations,
  type EchoesRow,
  type OldestQuestion,
  type OpenQuestionsRow,
  REPORT_INTERVALS,
  type RefusalsRow,
  type ReportGroup,
  type ReportInterval,
  type ReversalsRow,
  type SecondSourceRow,
  type SettlingRow,
  type StatusRow,
  type TakeBacksRow,
  type ThroughputRow,
} from '#read-models';
import { marked, SMALL_BELOW, share } from './report-small.js';

const DAY = { format: 'date', example: '2023-09-01' } as const;
export const NULL_TEXT = { type: String, nullable: true } as const;
export const SECONDS = { type: Number, nullable: true, description: 'Seconds.' } as const;
const SHARE = { type: Number, nullable: true, description: '0 to 1; null without cases.', example: 0.125 } as const;
const countsOf = (names: readonly string[]) => ({
  type: 'object' as const,
  additionalProperties: { type: 'integer' as const },
  description: `How many have each status: ${names.join(', ')}.`,
});

export class PeriodDto {
  @ApiProperty(DAY) from!: string;
  @ApiProperty(DAY) to!: string;
  @ApiProperty({ description: 'How far the read models of the reports had come.', example: '4711' }) position!: string;
  @ApiProperty({ description: 'Rows that rest on fewer cases are marked `small`.', example: SMALL_BELOW })
  smallBelow!: number;
}

export class ScopeDto extends PeriodDto {
  @ApiProperty({ ...NULL_TEXT, example: 'asia' }) desk!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'russia' }) topic!: string | null;
}

class FrameDto extends ScopeDto {
  @ApiProperty({ enum: REPORT_INTERVALS, enumName: 'ReportInterval' }) interval!: ReportInterval;
}

class GroupDto {
  @ApiProperty({ enum: ['all', 'interval', 'desk', 'source', 'actor', 'age', 'batch'], example: 'desk' })
  by!: ReportGroup['by'];
  @ApiProperty({ ...NULL_TEXT, description: 'Of an interval its first day, of a source its id.', example: 'asia' })
  key!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'asia' }) label!: string | null;
  @ApiProperty({ description: 'What the figures rest on.', example: 12 }) cases!: number;
  @ApiProperty({ description: 'Too few cases to say much.', example: false }) small!: boolean;
}

export class DurationsDto {
  @ApiProperty({ example: 12 }) cases!: number;
  @ApiProperty({ example: false }) small!: boolean;
  @ApiProperty({ ...SECONDS, example: 1_800 }) p25!: number | null;
  @ApiProperty({ ...SECONDS, example: 5_400 }) median!: number | null;
  @ApiProperty({ ...SECONDS, example: 14_400 }) p75!: number | null;
  @ApiProperty({ ...SECONDS, example: 43_200 }) p90!: number | null;
}

export class StatusRowDto extends GroupDto {
  @ApiProperty({ ...countsOf(CLAIM_STATUSES), example: { confirmed: 3, denied: 1, reported: 2 } }) claims!: object;
  @ApiProperty({ ...countsOf(THREAD_STATUSES), example: { confirmed: 1 } }) threads!: object;
}

export class SecondSourceRowDto extends GroupDto {
  @ApiProperty({ description: 'First voice in the period, no second yet.', example: 4 }) waiting!: number;
  @ApiProperty({ type: DurationsDto, description: 'Between recording the two.' }) recorded!: DurationsDto;
  @ApiProperty({ type: DurationsDto, description: 'Between saying the two.' }) stated!: DurationsDto;
}

export class SettlingRowDto extends GroupDto {
  @ApiProperty({ example: 9 }) confirmed!: number;
  @ApiProperty({ example: 3 }) denied!: number;
  @ApiProperty({ type: DurationsDto, description: 'From opening the claim.' }) recorded!: DurationsDto;
  @ApiProperty({ type: DurationsDto, description: 'From the first word to the one that settled it.' })
  stated!: DurationsDto;
}

export class ReversalsRowDto extends GroupDto {
  @ApiProperty({ example: 1 }) fallen!: number;
  @ApiProperty({ description: 'Of them: by voiding a slip of our own.', example: 0 }) fallenByVoid!: number;
  @ApiProperty(SHARE) rate!: number | null;
}

export class DenialsRowDto extends GroupDto {
  @ApiProperty({ description: 'Whose claim others then confirmed.', example: 2 }) laterConfirmed!: number;
  @ApiProperty(SHARE) rate!: number | null;
}

export class TakeBacksRowDto extends GroupDto {
  @ApiProperty({ example: 2 }) retracted!: number;
  @ApiProperty({ example: 5 }) corrected!: number;
  @ApiProperty({ example: 1 }) voided!: number;
  @ApiProperty({ description: 'With a whole import; counted nowhere else.', example: 0 }) voidedByImport!: number;
  @ApiProperty({ type: DurationsDto, description: 'Of retractions and corrections, between recording the two.' })
  recorded!: DurationsDto;
  @ApiProperty({ type: DurationsDto, description: 'Between saying it and taking it back.' }) stated!: DurationsDto;
}

export class EchoesRowDto extends GroupDto {
  @ApiProperty({ description: 'More echoes than before; less, where originals were taken back.', example: 3 })
  echoes!: number;
  @ApiProperty(SHARE) share!: number | null;
}

export class OpenQuestionsRowDto extends GroupDto {
  @ApiProperty({ type: DurationsDto, description: 'Since the claims were opened.' }) age!: DurationsDto;
}

export class OldestQuestionDto implements OldestQuestion {
  @ApiProperty({ format: 'uuid' }) claimId!: string;
  @ApiProperty({ example: 'Kim Jong Un will visit Russia for talks with Vladimir Putin' }) statement!: string;
  @ApiProperty({ example: 'reported' }) status!: string;
  @ApiProperty({ format: 'uuid' }) threadId!: string;
  @ApiProperty({ example: 'kim-putin-visit' }) slug!: string;
  @ApiProperty({ example: 'asia' }) desk!: string;
  @ApiProperty({ format: 'date-time' }) openedAt!: string;
  @ApiProperty({ example: 172_800 }) ageSeconds!: number;
}

export class RefusalsRowDto extends GroupDto {
  @ApiProperty({ description: 'Different claims.', example: 2 }) claims!: number;
}

export class ThroughputRowDto extends GroupDto {
  @ApiProperty({ example: 1 }) threadsOpened!: number;
  @ApiProperty({ example: 6 }) claimsOpened!: number;
  @ApiProperty({ example: 13 }) attributions!: number;
  @ApiProperty({ example: 0 }) takeBacks!: number;
  @ApiProperty({ example: 0 }) rulings!: number;
  @ApiProperty({ example: 0 }) otherThreadEvents!: number;
  @ApiProperty({ description: 'At no desk.', example: 14 }) sourceEvents!: number;
  @ApiProperty({ description: 'Brought by imports; counted nowhere else.', example: 0 }) imported!: number;
}

export function reportDto<Row>(
  row: Class<Row>,
  frame: Class<PeriodDto> = FrameDto,
): Class<PeriodDto & { rows: readonly Row[] }> {
  class ReportDto extends frame {
    @ApiProperty({ type: [row], description: 'All first, then intervals, desks, and the others.' })
    rows!: readonly Row[];
  }
  return ReportDto;
}

export class StatusReportDto extends reportDto(StatusRowDto) {}
export class SecondSourceReportDto extends reportDto(SecondSourceRowDto) {}
export class SettlingReportDto extends reportDto(SettlingRowDto) {}
export class ReversalsReportDto extends reportDto(ReversalsRowDto) {}
export class DenialsReportDto extends reportDto(DenialsRowDto) {}
export class TakeBacksReportDto extends reportDto(TakeBacksRowDto) {}
export class EchoesReportDto extends reportDto(EchoesRowDto) {}
export class RefusalsReportDto extends reportDto(RefusalsRowDto) {}
export class ThroughputReportDto extends reportDto(ThroughputRowDto) {}
export class OpenQuestionsReportDto extends reportDto(OpenQuestionsRowDto) {
  @ApiProperty({ format: 'date-time', description: 'When the questions had these ages.' }) at!: string;
  @ApiProperty({ type: [OldestQuestionDto], description: 'The twenty oldest.' }) oldest!: readonly OldestQuestionDto[];
}

const span = (durations: Durations) => marked(durations);

export const statusRow = (row: StatusRow): StatusRowDto => marked(row);
export const secondSourceRow = (row: SecondSourceRow): SecondSourceRowDto => ({
  ...marked(row),
  recorded: span(row.recorded),
  stated: span(row.stated),
});
export const settlingRow = (row: SettlingRow): SettlingRowDto => ({
  ...marked(row),
  recorded: span(row.recorded),
  stated: span(row.stated),
});
export const reversalsRow = (row: ReversalsRow): ReversalsRowDto => ({
  ...marked(row),
  rate: share(row.fallen, row.cases),
});
export const denialsRow = (row: DenialsRow): DenialsRowDto => ({
  ...marked(row),
  rate: share(row.laterConfirmed, row.cases),
});
export const takeBacksRow = (row: TakeBacksRow): TakeBacksRowDto => ({
  ...marked(row),
  recorded: span(row.recorded),
  stated: span(row.stated),
});
export const echoesRow = (row: EchoesRow): EchoesRowDto => ({ ...marked(row), share: share(row.echoes, row.cases) });
export const openQuestionsRow = (row: OpenQuestionsRow): OpenQuestionsRowDto => ({
  ...marked(row),
  age: span(row.age),
});
export const refusalsRow = (row: RefusalsRow): RefusalsRowDto => marked(row);
export const throughputRow = (row: ThroughputRow): ThroughputRowDto => marked(row);
