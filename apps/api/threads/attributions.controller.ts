import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type AttributionReceipt, type CommandContext, Threads } from '#application';
import { Refusal } from '#domain';
import type { JudgedEcho } from '#echoes';
import { ReadModelQueries } from '#read-models';
import { attributionsThen, Replay, type ThreadThen } from '#replay';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { EncodedAnswer } from '../known-answers/encoded-answer.js';
import { KnownAnswers } from '../known-answers/known-answers.js';
import { pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { asOfDto, claimIdThen, momentOf } from '../replay/as-of.js';
import { created } from './answer.js';
import { Command } from './command-context.js';
import { PreviewDto, previewDto } from './preview.views.js';
import { attributionInput, given } from './threads.inputs.js';
import {
  AttributionPath,
  AttributionQuery,
  AttributionRequest,
  CorrectionPreviewRequest,
  CorrectionRequest,
  ReasonRequest,
  RetractionRequest,
  ThreadPath,
} from './threads.requests.js';
import { AttributionPageDto, AttributionReceiptDto, attributionDto, ReceiptDto, receiptDto } from './threads.views.js';

@ApiTags('Attributions')
@Controller('v1/threads/:thread/attributions')
export class AttributionsController {
  constructor(
    private readonly threads: Threads,
    private readonly queries: ReadModelQueries,
    private readonly replays: Replay,
    private readonly known: KnownAnswers,
  ) {}

  @Post()
  @Requires('reporter')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Record a source’s word on a claim' })
  @ApiCreatedResponse({ type: AttributionReceiptDto })
  async record(
    @Param() { thread }: ThreadPath,
    @Body() body: AttributionRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttributionReceiptDto> {
    const receipt = await this.threads.record(thread, attributionInput(body), context, { withEchoes: true });
    return this.answer(reply, receipt);
  }

  @Post('preview')
  @HttpCode(200)
  @Requires('reporter')
  @ApiOperation({
    summary: 'What an attribution would do: the statuses before and after, and what it would echo. Nothing is recorded',
  })
  @ApiOkResponse({ type: PreviewDto })
  async preview(
    @Param() { thread }: ThreadPath,
    @Body() body: AttributionRequest,
    @Command() context: CommandContext,
  ): Promise<PreviewDto> {
    const preview = await this.threads.preview(thread, attributionInput(body), context);
    return previewDto(preview, await this.replays.echoes(preview.threadId, preview.attribution));
  }

  @Get()
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({
    summary:
      'The attributions of a thread in the order of recording, each with its part in the count: now, or as of a moment',
  })
  @ApiOkResponse({ type: AttributionPageDto })
  async list(
    @Param() { thread }: ThreadPath,
    @Query() query: AttributionQuery,
  ): Promise<AttributionPageDto | EncodedAnswer> {
    const threadId = await this.threads.idOf(thread);
    const { claim, stance } = query;
    const moment = momentOf(query);
    if (moment !== null) return this.listThen(await this.replays.thread(threadId, moment), query);
    const request = pageRequest(query);
    return this.known.of(`attributions ${threadId} ${JSON.stringify([claim, stance, request])}`, async () => {
      const claimId = claim === undefined ? undefined : await this.claimId(threadId, claim);
      const page = await this.queries.attributions(threadId, given({ claimId, stance }), request);
      return EncodedAnswer.of(Object.assign(pageOf(page, attributionDto), { asOf: null }));
    });
  }

  @Post(':attribution/corrections')
  @Requires('reporter')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Its speaker or a carrier corrects it: another attribution counts instead' })
  @ApiCreatedResponse({ type: AttributionReceiptDto })
  async correct(
    @Param() { thread, attribution }: AttributionPath,
    @Body() { replacement, takenBackBy, statedAt, reason }: CorrectionRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttributionReceiptDto> {
    const input = { replacement: attributionInput(replacement), takenBackBy, statedAt, reason };
    const receipt = await this.threads.correct(thread, attribution, input, context, { withEchoes: true });
    return this.answer(reply, receipt);
  }

  @Post(':attribution/corrections/preview')
  @HttpCode(200)
  @Requires('reporter')
  @ApiOperation({
    summary: 'What a correction would do: the statuses before and after, and what it would echo. Nothing is recorded',
  })
  @ApiOkResponse({ type: PreviewDto })
  async previewCorrection(
    @Param() { thread, attribution }: AttributionPath,
    @Body() { replacement, takenBackBy, statedAt, reason }: CorrectionPreviewRequest,
    @Command() context: CommandContext,
  ): Promise<PreviewDto> {
    const input = { replacement: attributionInput(replacement), takenBackBy, statedAt, reason: reason ?? '' };
    const preview = await this.threads.previewCorrection(thread, attribution, input, context);
    return previewDto(preview, await this.replays.echoes(preview.threadId, preview.attribution));
  }

  @Post(':attribution/retraction')
  @HttpCode(200)
  @Requires('reporter')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Its speaker or a carrier takes it back' })
  @ApiOkResponse({ type: ReceiptDto })
  async retract(
    @Param() { thread, attribution }: AttributionPath,
    @Body() { takenBackBy, statedAt, reason }: RetractionRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.retract(thread, attribution, { takenBackBy, statedAt, reason }, context));
  }

  @Post(':attribution/void')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Void our own slip: it was never said' })
  @ApiOkResponse({ type: ReceiptDto })
  async void(
    @Param() { thread, attribution }: AttributionPath,
    @Body() { reason }: ReasonRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.void(thread, attribution, reason, context));
  }

  private listThen(then: ThreadThen, query: AttributionQuery): AttributionPageDto {
    const { claim, stance } = query;
    const claimId = claim === undefined ? undefined : claimIdThen(then, claim);
    const page = attributionsThen(then, { claimId, stance }, pageRequest(query));
    return Object.assign(pageOf(page, attributionDto), { asOf: asOfDto(then.asOf) });
  }

  private async answer(reply: FastifyReply, receipt: AttributionReceipt): Promise<AttributionReceiptDto> {
    const echoes = receipt.echoes ?? (await this.echoesThen(receipt));
    return Object.assign(created(reply, receipt), { echoes });
  }

  /** Of an attribution that had been there before: as of then, which only the stream can tell. */
  private async echoesThen({ threadId, attributionId }: AttributionReceipt): Promise<readonly JudgedEcho[]> {
    return attributionId === null ? [] : this.replays.echoesOf(threadId, attributionId);
  }

  private async claimId(threadId: string, ref: string): Promise<string> {
    const { claims = [] } = (await this.queries.threadWithClaims(threadId)) ?? {};
    const claim = claims.find(({ claimId, key }) => claimId === ref || key === ref);
    if (claim !== undefined) return claim.claimId;
    throw new Refusal('claim_not_found', `The thread has no claim with the id or key "${ref}". GET its claims.`);
  }
}
