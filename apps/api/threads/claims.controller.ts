import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CommandContext, Threads } from '#application';
import { Refusal } from '#domain';
import { type ClaimRow, ReadModelQueries } from '#read-models';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { created } from './answer.js';
import { Command } from './command-context.js';
import { claimInput, given } from './threads.inputs.js';
import {
  ClaimPath,
  ClaimRequest,
  ExclusiveSetRequest,
  ReasonRequest,
  RewordClaimRequest,
  RulingRequest,
  ThreadPath,
} from './threads.requests.js';
import { ClaimDetailDto, ClaimListDto, claimDto, ReceiptDto, receiptDto } from './threads.views.js';

@ApiTags('Claims')
@Controller('v1/threads/:thread')
export class ClaimsController {
  constructor(
    private readonly threads: Threads,
    private readonly queries: ReadModelQueries,
  ) {}

  @Get('claims')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'The claims of a thread, in the order in which they were opened' })
  @ApiOkResponse({ type: ClaimListDto })
  async list(@Param() { thread }: ThreadPath): Promise<ClaimListDto> {
    return { items: (await this.rows(thread)).map(claimDto) };
  }

  @Get('claims/:claim')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'A claim, why it stands where it does, and what would change that' })
  @ApiOkResponse({ type: ClaimDetailDto })
  async show(@Param() { thread, claim }: ClaimPath): Promise<ClaimDetailDto> {
    const row = (await this.rows(thread)).find(({ claimId, key }) => claimId === claim || key === claim);
    if (row === undefined) {
      throw new Refusal('claim_not_found', `The thread has no claim with the id or key "${claim}". GET its claims.`);
    }
    return { ...claimDto(row), wouldChange: await this.threads.possibleChanges(thread, row.claimId) };
  }

  @Post('claims')
  @Requires('reporter')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Open a claim' })
  @ApiCreatedResponse({ type: ReceiptDto })
  async open(
    @Param() { thread }: ThreadPath,
    @Body() body: ClaimRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptDto> {
    return created(reply, await this.threads.openClaim(thread, claimInput(body), context));
  }

  @Patch('claims/:claim')
  @Requires('reporter')
  @IfMatchHeader({ required: true })
  @WithEntityTag()
  @ApiOperation({ summary: 'Reword a claim, or change whether it is core and who has standing' })
  @ApiOkResponse({ type: ReceiptDto })
  async reword(
    @Param() { thread, claim }: ClaimPath,
    @Body() { reason, ...changes }: RewordClaimRequest,
    @Command({ ifMatchRequired: true }) context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.rewordClaim(thread, claim, { ...given(changes), reason }, context));
  }

  @Post('claims/:claim/moot')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Mark a claim moot: events have passed it by' })
  @ApiOkResponse({ type: ReceiptDto })
  async moot(
    @Param() { thread, claim }: ClaimPath,
    @Body() { reason }: ReasonRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.moot(thread, claim, reason, context));
  }

  @Post('claims/:claim/lapse')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Mark a claim lapsed: its time passed without outcome' })
  @ApiOkResponse({ type: ReceiptDto })
  async lapse(
    @Param() { thread, claim }: ClaimPath,
    @Body() { reason }: ReasonRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.lapse(thread, claim, reason, context));
  }

  @Put('claims/:claim/ruling')
  @Requires('editor')
  @IfMatchHeader({ required: true })
  @WithEntityTag()
  @ApiOperation({ summary: 'Rule: set the status by hand, shown as a ruling beside what the rules say' })
  @ApiOkResponse({ type: ReceiptDto })
  async rule(
    @Param() { thread, claim }: ClaimPath,
    @Body() { status, reason }: RulingRequest,
    @Command({ ifMatchRequired: true }) context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.rule(thread, claim, { status, reason }, context));
  }

  @Delete('claims/:claim/ruling')
  @Requires('editor')
  @IfMatchHeader({ required: true })
  @WithEntityTag()
  @ApiOperation({ summary: 'Lift a ruling: the rules decide again' })
  @ApiOkResponse({ type: ReceiptDto })
  async lift(
    @Param() { thread, claim }: ClaimPath,
    @Body() { reason }: ReasonRequest,
    @Command({ ifMatchRequired: true }) context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.liftRuling(thread, claim, reason, context));
  }

  @Post('exclusive-sets')
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Say that claims cannot all be true' })
  @ApiCreatedResponse({ type: ReceiptDto })
  async makeExclusive(
    @Param() { thread }: ThreadPath,
    @Body() { claims }: ExclusiveSetRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptDto> {
    return created(reply, await this.threads.makeExclusive(thread, claims, context));
  }

  private async rows(thread: string): Promise<readonly ClaimRow[]> {
    const threadId = await this.threads.idOf(thread);
    const rows = await this.queries.claims(threadId);
    if (rows.length > 0 || (await this.queries.thread(threadId)) !== null) return rows;
    throw new Refusal('thread_not_found', `No thread has the id or slug "${thread}".`);
  }
}
