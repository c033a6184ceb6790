import { ApiProperty } from '@nestjs/swagger';
import type { SourceEvent } from '#domain';
import type { SourceStep } from '#replay';
import { pageDto } from '../paging/page.js';
import { PageQuery } from '../paging/page-query.js';
import { RevisionParameter } from '../replay/moments.js';
import { StepActorDto } from '../replay/replay.views.js';

export class SourceHistoryQuery extends PageQuery {
  @RevisionParameter({ optional: true, description: 'The first step: a revision of the source.', example: '0' })
  from?: string;
}

export class SourceStepDto {
  @ApiProperty({ description: 'In the source’s stream, from 0.', example: '1' }) revision!: string;
  @ApiProperty({ description: 'In the whole log.', example: '4711' }) position!: string;
  @ApiProperty({ format: 'uuid' }) eventId!: string;
  @ApiProperty({ type: String, example: 'SourceRevised' }) type!: SourceEvent['type'];
  @ApiProperty({ format: 'date-time' }) recordedAt!: string;
  @ApiProperty({ type: StepActorDto, description: 'Who recorded it.' }) actor!: StepActorDto;
  @ApiProperty({ example: 'Revised: the group to government:ru' }) sentence!: string;
  @ApiProperty({ type: String, nullable: true, example: 'It speaks for the government.' }) reason!: string | null;
}

export class SourceStepPageDto extends pageDto(SourceStepDto) {}

export function sourceStepDto({ revision, position, actor, ...step }: SourceStep): SourceStepDto {
  return { ...step, revision: revision.toString(), position: position.toString(), actor };
}
