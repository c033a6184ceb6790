import { ApiProperty } from '@nestjs/swagger';
import { type ApiKey, csrfTokenOf, ROLES, type Role, type Session } from '#operations';
import { Text } from '../validation/text.fields.js';

export class SignInRequest {
  @Text({ max: 200, optional: true, description: 'The secret of an API key.', example: 'sl_...' })
  key?: string;

  @Text({ max: 100, optional: true, description: 'In place of a key: the token of a sign-in link, which works once.' })
  link?: string;
}

export class SessionDto {
  @ApiProperty({ format: 'uuid', example: '0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  keyId!: string;

  @ApiProperty({ description: 'Of the key.', example: 'Asia desk' })
  name!: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'reporter' })
  role!: Role;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send it as X-CSRF-Token with every request that changes something. Null with a bearer key.',
  })
  csrfToken!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: does not expire.' })
  expiresAt!: string | null;
}

export class SignedOutDto {
  @ApiProperty({ description: 'False: the request came with a key, which stays as it is.' })
  ended!: boolean;
}

export function sessionDto({ token, key, expiresAt }: Session): SessionDto {
  return { ...who(key), csrfToken: csrfTokenOf(token), expiresAt: expiresAt.toISOString() };
}

export function keySessionDto(key: ApiKey): SessionDto {
  return { ...who(key), csrfToken: null, expiresAt: key.expiresAt?.toISOString() ?? null };
}

function who({ keyId, name, role }: ApiKey): Pick<SessionDto, 'keyId' | 'name' | 'role'> {
  return { keyId, name, role };
}
