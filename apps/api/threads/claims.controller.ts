import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CommandContext, Threads } from '#application';
import { possibleChanges, Refusal, type StatusChange } from '#domain';
import { type ClaimRow, ReadModelQueries, threadRows } from '#read-models';
import { type AsOfNote, Replay } from '#replay';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { EncodedAnswer } from '../known-answers/encoded-answer.js';
import { KnownAnswers } from '../known-answers/known-answers.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { AsOfQuery, asOfDto, momentOf } from '../replay/as-of.js';
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
    private readonly replays: Replay,
    private readonly known: KnownAnswers,
  ) {}

  @Get('claims')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'The claims of a thread, in the order in which they were opened: now, or as of a moment' })
  @ApiOkResponse({ type: ClaimListDto })
  async list(@Param() { thread }: ThreadPath, @Query() query: AsOfQuery): Promise<ClaimListDto | EncodedAnswer> {
    const listed = async (): Promise<ClaimListDto> => {
      const { claims, asOf } = await this.claimsOf(thread, query);
      return { items: claims.map(claimDto), asOf: asOf && asOfDto(asOf) };
    };
    if (momentOf(query) !== null) return listed();
    return this.known.of(`claims ${await this.threads.idOf(thread)}`, async () => EncodedAnswer.of(await listed()));
  }

  @Get('claims/:claim')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'A claim, why it stands where it does, and what would change that: now, or as of a moment' })
  @ApiOkResponse({ type: ClaimDetailDto })
  async show(
    @Param() { thread, claim }: ClaimPath,
    @Query() query: AsOfQuery,
  ): Promise<ClaimDetailDto | EncodedAnswer> {
    const shown = async (): Promise<ClaimDetailDto> => {
      const { claims, asOf, wouldChange } = await this.claimsOf(thread, query);
      const row = claims.find(({ claimId, key }) => claimId === claim || key === claim);
      if (row === undefined) {
        throw new Refusal('claim_not_found', `The thread has no claim with the id or key "${claim}". GET its claims.`);
      }
      return { ...claimDto(row), wouldChange: await wouldChange(row), asOf: asOf && asOfDto(asOf) };
    };
    if (momentOf(query) !== null) return shown();
    const threadId = await this.threads.idOf(thread);
    return this.known.of(`claim ${threadId} ${claim}`, async () => EncodedAnswer.of(await shown()));
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

  private async claimsOf(thread: string, query: AsOfQuery): Promise<ClaimsThen> {
    const threadId = await this.threads.idOf(thread);
    const moment = momentOf(query);
    if (moment !== null) {
      const { fold, asOf } = await this.replays.thread(threadId, moment);
      const wouldChange = async ({ claimId }: ClaimRow) =>
        possibleChanges(fold.state.claims.get(claimId)?.attributions ?? [], fold.state.policy);
      return { claims: threadRows(fold)?.claims ?? [], asOf, wouldChange };
    }
    const now = await this.queries.threadWithClaims(threadId);
    if (now === null) throw new Refusal('thread_not_found', `No thread has the id or slug "${thread}".`);
    // From the log and after the rows, so that it is never older than what it is shown with.
    const wouldChange = ({ claimId }: ClaimRow) => this.threads.possibleChanges(threadId, claimId);
    return { claims: now.claims, asOf: null, wouldChange };
  }
}

interface ClaimsThen {
  readonly claims: readonly ClaimRow[];
  readonly asOf: AsOfNote | null;
  readonly wouldChange: (row: ClaimRow) => Promise<readonly StatusChange[]>;
}
