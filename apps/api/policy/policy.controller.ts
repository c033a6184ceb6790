import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { STANDARD_1 } from '#domain';
import { EventStore } from '#event-store';
import { backtest } from '#replay';
import { Requires } from '../auth/access.js';
import { ApiError } from '../problems/api-error.js';
import { given } from '../threads/threads.inputs.js';
import { BacktestDto, BacktestRequest } from './policy.dto.js';

const LONGEST_MS = 120_000;

@ApiTags('Policy')
@Controller('v1/policy')
export class PolicyController {
  /** It reads the whole ledger: one at a time in a process is enough for everybody. */
  private underWay = false;

  constructor(private readonly store: EventStore) {}

  @Post('backtest')
  @HttpCode(200)
  @Requires('admin')
  @ApiOperation({
    summary: 'Which threads and claims of the whole ledger would stand differently under other parameters',
    description:
      'Nothing is changed. Now, or as of a moment. A ledger that takes longer than two minutes is for `storyledger policy backtest`, which shows how far it is.',
  })
  @ApiOkResponse({ type: BacktestDto })
  async backtest(@Body() { policy, recordedUntil, statedUntil }: BacktestRequest): Promise<BacktestDto> {
    if (this.underWay) throw new ApiError('too_many_requests', 'A back-test is under way. Try again when it is done.');
    this.underWay = true;
    const signal = AbortSignal.timeout(LONGEST_MS);
    try {
      const moment = { recordedUntil: recordedUntil ?? undefined, statedUntil: statedUntil ?? undefined };
      return await backtest(this.store, { ...STANDARD_1, ...given({ ...policy }) }, { moment, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new ApiError('backtest_too_long', `It was not done in ${LONGEST_MS / 1_000} s. Use the command line.`);
    } finally {
      this.underWay = false;
    }
  }
}
