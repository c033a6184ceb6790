import { ApiProperty } from '@nestjs/swagger';
import { REASON, SOURCE_NAME } from '#fields';
import { Text } from '../validation/text.fields.js';

export class SealSourceRequest {
  @Text({ ...SOURCE_NAME, description: 'What is shown of it from now on.', example: 'A senior official in Seoul' })
  label!: string;

  @Text({
    max: 4_000,
    description: 'Who it is. Kept encrypted beside the log, where it can be erased; it never enters an event.',
    example: 'Kim Min-jun, Ministry of Unification',
  })
  identity!: string;

  @Text({ ...REASON, example: 'Spoke on condition of anonymity.' })
  reason!: string;
}

export class EraseIdentityRequest {
  @Text({ ...REASON, example: 'The source asked for it.' })
  reason!: string;
}

export class SealedIdentityDto {
  @ApiProperty({ format: 'uuid' }) sourceId!: string;
  @ApiProperty({ example: 'Kim Min-jun, Ministry of Unification' }) identity!: string;
  @ApiProperty({ description: 'In hex. SHA-256 of these bytes and the identity in UTF-8 is the commitment.' })
  salt!: string;
  @ApiProperty({ description: 'In hex, as in the event SourceSealed.' }) commitment!: string;
  @ApiProperty({ example: 'Standards desk' }) sealedBy!: string;
  @ApiProperty({ format: 'date-time' }) sealedAt!: string;
}
