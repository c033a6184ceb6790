import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CommandContext, LEDGER_POLICY_STREAM, LedgerPolicy } from '#application';
import { STANDARD_1 } from '#domain';
import { EventStore } from '#event-store';
import { AccessLog } from '#operations';
import { backtest } from '#replay';
import { Requires } from '../auth/access.js';
import { ApiError } from '../problems/api-error.js';
import { Command } from '../threads/command-context.js';
import { given } from '../threads/threads.inputs.js';
import { BacktestDto, BacktestRequest, LedgerPolicyDto, ledgerPolicyDto, PolicyNameRequest } from './policy.dto.js';

const LONGEST_MS = 120_000;

@ApiTags('Policy')
@Controller('v1/policy')
export class PolicyController {
  /** It reads the whole ledger: one at a time in a process is enough for everybody. */
  private underWay = false;

  constructor(
    private readonly store: EventStore,
    private readonly ledgerPolicy: LedgerPolicy,
    private readonly accesses: AccessLog,
  ) {}

  @Get()
  @Requires('reader')
  @ApiOperation({
    summary: 'The policy that new threads open under, its parameters, and those that can be chosen',
    description: 'Each thread stands under its own policy, which it was opened under or moved to since.',
  })
  @ApiOkResponse({ type: LedgerPolicyDto })
  async show(): Promise<LedgerPolicyDto> {
    return ledgerPolicyDto(await this.ledgerPolicy.current());
  }

  @Put()
  @Requires('admin')
  @ApiOperation({
    summary: 'Choose the policy that new threads open under',
    description: 'Recorded in the log and in the access log. Threads that are there stay under theirs.',
  })
  @ApiOkResponse({ type: LedgerPolicyDto })
  async choose(
    @Body() { policy, reason }: PolicyNameRequest,
    @Command() context: CommandContext,
  ): Promise<LedgerPolicyDto> {
    const { policy: before } = await this.ledgerPolicy.current();
    if (before !== policy) {
      const detail = { policy, reason };
      await this.accesses.record({
        actor: context.actor,
        action: 'policy.adopted',
        subject: LEDGER_POLICY_STREAM,
        detail,
      });
    }
    const { view } = await this.ledgerPolicy.adopt({ policy, reason }, context);
    return ledgerPolicyDto(view);
  }

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
