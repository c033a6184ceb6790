import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class ProblemErrorDto {
  @ApiPropertyOptional({ description: 'JSON pointer into the body.', example: '/claims/0/statement' })
  pointer?: string;

  @ApiPropertyOptional({ description: 'Query or path parameter.', example: 'limit' })
  parameter?: string;

  @ApiProperty({ example: 'too_long' })
  code!: string;

  @ApiProperty({ example: 'Must have at most 1000 characters.' })
  detail!: string;
}

/** RFC 9457. */
export class ProblemDto {
  @ApiProperty({ description: 'What the code means, in words.', example: '/problems/thread_closed' })
  type!: string;

  @ApiProperty({ example: 'The thread is closed' })
  title!: string;

  @ApiProperty({ example: 409 })
  status!: number;

  @ApiProperty({ description: 'What happened this time, and what to do.' })
  detail!: string;

  @ApiProperty({ example: 'urn:storyledger:request:0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' })
  instance!: string;

  @ApiProperty({ description: 'Stable: match on it.', example: 'thread_closed' })
  code!: string;

  @ApiProperty({ description: 'Also in X-Request-Id, and in the logs.' })
  traceId!: string;

  @ApiPropertyOptional({ type: () => [ProblemErrorDto], description: 'All that is wrong in the request.' })
  errors?: ProblemErrorDto[];
}
