import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/access.js';
import { Text } from '../validation/text.fields.js';
import { ApiError } from './api-error.js';
import { isErrorCode, PROBLEMS, problemRow } from './problem-table.js';

export class ProblemPath {
  @Text({ max: 100, description: 'The `code` of a problem.', example: 'thread_closed' })
  code!: string;
}

export class ProblemExplanationDto {
  @ApiProperty({ example: 'thread_closed' })
  code!: string;

  @ApiProperty({ example: 409 })
  status!: number;

  @ApiProperty({ example: 'The thread is closed' })
  title!: string;

  @ApiProperty({ example: 'A closed thread takes nothing new. Reopen it first.' })
  explanation!: string;
}

/** Where the `type` of each problem leads. */
@ApiTags('Problems')
@Controller('problems')
export class ProblemsController {
  @Get()
  @Public()
  @ApiOkResponse({ type: [ProblemExplanationDto] })
  list(): ProblemExplanationDto[] {
    return Object.keys(PROBLEMS)
      .filter(isErrorCode)
      .map((code) => this.explain({ code }));
  }

  @Get(':code')
  @Public()
  @ApiOkResponse({ type: ProblemExplanationDto })
  explain(@Param() { code }: ProblemPath): ProblemExplanationDto {
    if (!isErrorCode(code)) {
      throw new ApiError('problem_not_found', 'No problem has this code. GET /problems lists them all.');
    }
    const { status, title, explanation } = problemRow(code);
    return { code, status, title, explanation };
  }
}
