import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CommandContext, LEDGER_POLICY_STREAM, LedgerPolicy } from '#application';
import { AccessLog } from '#operations';
import { Requires } from '../auth/access.js';
import { Command } from '../threads/command-context.js';
import { LedgerPolicyDto, ledgerPolicyDto, PolicyNameRequest } from './policy.dto.js';

@ApiTags('Policy')
@Controller('v1/policy')
export class PolicyController {
  constructor(
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
}
