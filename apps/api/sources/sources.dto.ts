import { ApiProperty } from '@nestjs/swagger';
import type { SourceReceipt } from '#application';
import { ADMIRALTY_RATINGS, type AdmiraltyRating, SOURCE_KINDS, type SourceKind, type Stance } from '#domain';
import { REASON, SOURCE_GROUP, SOURCE_NAME } from '#fields';
import type { SourceRow } from '#read-models';
import { pageDto } from '../paging/page.js';
import { PageQuery } from '../paging/page-query.js';
import { WithEventReceipts } from '../proof/proof.dto.js';
import { ChoicesParameter, IdentifiersParameter } from '../validation/parameter.fields.js';
import { ExternalKey, IdentifierOrKey, Text } from '../validation/text.fields.js';
import { Choice, Flag } from '../validation/value.fields.js';

const LABEL = 'The label under which it is quoted; never the identity behind an unnamed source.';

export class RegisterSourceRequest {
  @ExternalKey({ optional: true, nullable: true, description: 'Your own key, unique.', example: 'kremlin' })
  key?: string | null;

  @Text({ ...SOURCE_NAME, description: LABEL, example: 'The Kremlin' })
  name!: string;

  @Choice(SOURCE_KINDS, { enumName: 'SourceKind', example: 'government' })
  kind!: SourceKind;

  @Text({
    ...SOURCE_GROUP,
    description: 'The voice it shares: sources of one group count once.',
    example: 'government:ru',
  })
  group!: string;

  @Flag({ optional: true, description: 'Carrying an unnamed speaker’s words vouches for them. False when left out.' })
  trustedConduit?: boolean;
}

export class ReviseSourceRequest {
  @Text({ ...SOURCE_NAME, optional: true, description: LABEL, example: 'Kremlin press service' })
  name?: string;

  @Choice(SOURCE_KINDS, { optional: true, enumName: 'SourceKind' })
  kind?: SourceKind;

  @Text({ ...SOURCE_GROUP, optional: true })
  group?: string;

  @Flag({ optional: true })
  trustedConduit?: boolean;

  @Text({ ...REASON, optional: true, nullable: true })
  reason?: string | null;
}

export class RateSourceRequest {
  @Choice(ADMIRALTY_RATINGS, {
    enumName: 'AdmiraltyRating',
    description: 'A reliable ... E not; F unknown.',
    example: 'B',
  })
  rating!: AdmiraltyRating;

  @Text({ ...REASON, example: 'Three of three reports held in 2023.' })
  reason!: string;
}

export class SourcePath {
  @IdentifierOrKey({ description: 'Id or key.', example: 'kremlin' })
  source!: string;
}

export class SourceQuery extends PageQuery {
  @IdentifiersParameter({ optional: true, maxItems: 200, description: 'These sources. Repeat it for several.' })
  id?: string[];

  @Text({ ...SOURCE_NAME, optional: true, description: 'A part of the name, whatever the case.' })
  name?: string;

  @ChoicesParameter(SOURCE_KINDS, { optional: true, enumName: 'SourceKind' })
  kind?: SourceKind[];

  @Text({ ...SOURCE_GROUP, optional: true })
  group?: string;
}

export class SourceReceiptDto extends WithEventReceipts {
  @ApiProperty({ format: 'uuid' }) sourceId!: string;
  @ApiProperty({ description: 'False: it had been there before.' }) changed!: boolean;
  @ApiProperty({ description: 'Of the source’s stream; also its ETag.', example: '0' }) revision!: string;
  @ApiProperty({ type: String, nullable: true, example: '4711' }) position!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' }) recordedAt!: string | null;
}

export function sourceReceiptDto({
  sourceId,
  changed,
  revision,
  position,
  recordedAt,
}: SourceReceipt): SourceReceiptDto {
  return { sourceId, changed, revision: revision.toString(), position: position?.toString() ?? null, recordedAt };
}

export class SpokenDto implements Record<Stance, number> {
  @ApiProperty({ example: 4 }) report!: number;
  @ApiProperty({ example: 3 }) confirm!: number;
  @ApiProperty({ example: 1 }) deny!: number;
  @ApiProperty({ example: 0 }) no_comment!: number;
}

export class SourceDto {
  @ApiProperty({ format: 'uuid' }) sourceId!: string;
  @ApiProperty({ type: String, nullable: true }) key!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'The Kremlin' }) name!: string | null;
  @ApiProperty({ type: String, nullable: true, enum: SOURCE_KINDS, enumName: 'SourceKind' }) kind!: SourceKind | null;
  @ApiProperty({ type: String, nullable: true, example: 'government:ru' }) group!: string | null;
  @ApiProperty({ type: Boolean, nullable: true }) trustedConduit!: boolean | null;
  @ApiProperty({ type: String, nullable: true, enum: ADMIRALTY_RATINGS, enumName: 'AdmiraltyRating' })
  rating!: AdmiraltyRating | null;
  @ApiProperty() sealed!: boolean;
  @ApiProperty({ description: 'The identity that was sealed is gone for good.' }) identityErased!: boolean;
  @ApiProperty({ type: SpokenDto, description: 'How often it was quoted, by stance.' }) spoken!: SpokenDto;
  @ApiProperty({ description: 'How often it carried others’ words.' }) carried!: number;
  @ApiProperty() retracted!: number;
  @ApiProperty() corrected!: number;
  @ApiProperty() voided!: number;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' }) lastAttributionAt!: string | null;
  @ApiProperty({ example: '0' }) revision!: string;
}

export function sourceDto(row: SourceRow): SourceDto {
  const { sourceId, key, name, kind, group, trustedConduit, rating, sealed, carried, retracted, corrected, voided } =
    row;
  return {
    sourceId,
    key,
    name,
    kind,
    group,
    trustedConduit,
    rating,
    sealed,
    identityErased: row.erased,
    spoken: {
      report: row.spokenReport,
      confirm: row.spokenConfirm,
      deny: row.spokenDeny,
      no_comment: row.spokenNoComment,
    },
    carried,
    retracted,
    corrected,
    voided,
    lastAttributionAt: row.lastAttributionAt,
    revision: (row.revision ?? 0n).toString(),
  };
}

export class SourcePageDto extends pageDto(SourceDto) {}
