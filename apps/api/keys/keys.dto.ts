import { ApiProperty } from '@nestjs/swagger';
import { type ApiKey, ROLES, type Role } from '#operations';
import { pageDto } from '../paging/page.js';
import { Moment } from '../validation/moment.js';
import { Identifier, Text } from '../validation/text.fields.js';
import { Choice } from '../validation/value.fields.js';

const TEN_YEARS = 3_653;

export class CreateKeyDto {
  @Text({ max: 120, description: 'Who or what uses the key; events carry it.', example: 'Wire ingester' })
  name!: string;

  @Choice(ROLES, { enumName: 'Role', description: 'Each role may do what those before it may.', example: 'reporter' })
  role!: Role;

  @Moment({ optional: true, nullable: true, daysAhead: TEN_YEARS, description: 'Left out: the key does not expire.' })
  expiresAt?: string | null;
}

export class KeyPath {
  @Identifier({ description: 'The id of the key, not its secret.' })
  keyId!: string;
}

export class KeyDto {
  @ApiProperty({ format: 'uuid', example: '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  keyId!: string;

  @ApiProperty({ example: 'Wire ingester' })
  name!: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'reporter' })
  role!: Role;

  @ApiProperty({ description: 'The actor who made it.', example: 'system:setup' })
  createdBy!: string;

  @ApiProperty({ format: 'date-time', example: '2023-09-05T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'To the minute.' })
  lastUsedAt!: string | null;
}

export class CreatedKeyDto extends KeyDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Shown this once. Null when a retry is answered: the secret is stored nowhere. Revoke the key, make another.',
  })
  secret!: string | null;
}

export class KeyPageDto extends pageDto(KeyDto) {}

export function keyDto(key: ApiKey): KeyDto {
  const { keyId, name, role, createdBy } = key;
  return {
    keyId,
    name,
    role,
    createdBy,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
