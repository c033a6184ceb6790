import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { STANDARD_1 } from '#domain';
import { Requires } from '../auth/access.js';
import { CommandId } from '../idempotency/command-id.js';
import { given } from '../threads/threads.inputs.js';
import { BacktestJobDto, BacktestPath, BacktestRequest, backtestJobDto } from './backtest.dto.js';
import { BacktestJobs } from './backtest-jobs.js';

@ApiTags('Policy')
@Controller('v1/policy/backtests')
export class BacktestController {
  constructor(private readonly jobs: BacktestJobs) {}

  @Post()
  @HttpCode(202)
  @Requires('admin')
  @ApiOperation({
    summary: 'Try other parameters: which threads and claims of the whole ledger would stand differently',
    description:
      'Nothing is changed. Now, or as of a moment. It is started, and goes on when the client is gone: GET it by `Location` for how far it is and what it found. One at a time in a process, and lost with it.',
  })
  @ApiAcceptedResponse({ type: BacktestJobDto })
  start(
    @Body() { policy, recordedUntil, statedUntil }: BacktestRequest,
    @CommandId() commandId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): BacktestJobDto {
    const moment = { recordedUntil: recordedUntil ?? undefined, statedUntil: statedUntil ?? undefined };
    const job = this.jobs.start(commandId, { ...STANDARD_1, ...given({ ...policy }) }, moment);
    reply.header('location', `/v1/policy/backtests/${job.backtestId}`);
    return backtestJobDto(job);
  }

  @Get(':backtestId')
  @Requires('admin')
  @ApiOperation({
    summary: 'How far a back-test is, and what it found',
    description: 'Asked of another process than the one that runs it, or of one that has been started anew: 404.',
  })
  @ApiOkResponse({ type: BacktestJobDto })
  show(@Param() { backtestId }: BacktestPath): BacktestJobDto {
    return backtestJobDto(this.jobs.find(backtestId));
  }

  @Delete(':backtestId')
  @Requires('admin')
  @ApiOperation({ summary: 'Cancel a back-test; one that has ended stays as it is' })
  @ApiOkResponse({ type: BacktestJobDto })
  async cancel(@Param() { backtestId }: BacktestPath): Promise<BacktestJobDto> {
    return backtestJobDto(await this.jobs.cancel(backtestId));
  }
}
