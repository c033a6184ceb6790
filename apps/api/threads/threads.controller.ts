import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CommandContext, Sources, streamOf, Threads } from '#application';
import { Refusal } from '#domain';
import { EventStore } from '#event-store';
import { type Page, ReadModelQueries, threadRows } from '#read-models';
import { boardThen, Replay } from '#replay';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { EncodedAnswer } from '../known-answers/encoded-answer.js';
import { KnownAnswers } from '../known-answers/known-answers.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { PageQuery, pageRequest } from '../paging/page-query.js';
import { PolicyNameRequest } from '../policy/policy.dto.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { AsOfQuery, momentOf } from '../replay/as-of.js';
import { created } from './answer.js';
import { Command } from './command-context.js';
import { ThreadAnswers } from './thread-answers.js';
import { given, openThreadInput } from './threads.inputs.js';
import {
  BoardQuery,
  MergeRequest,
  OpenThreadRequest,
  ReasonRequest,
  ReviseThreadRequest,
  ThreadPath,
} from './threads.requests.js';
import {
  claimDto,
  type EventDto,
  EventPageDto,
  eventDto,
  HistoryPageDto,
  historyDto,
  ReceiptDto,
  receiptDto,
  ThreadDetailDto,
  type ThreadDto,
  ThreadPageDto,
  threadDto,
} from './threads.views.js';

@ApiTags('Threads')
@Controller('v1/threads')
export class ThreadsController {
  constructor(
    private readonly threads: Threads,
    private readonly sources: Sources,
    private readonly queries: ReadModelQueries,
    private readonly store: EventStore,
    private readonly replays: Replay,
    private readonly known: KnownAnswers,
    private readonly answers: ThreadAnswers,
  ) {}

  @Post()
  @Requires('reporter')
  @WithEntityTag()
  @ApiOperation({ summary: 'Open a thread, with its claims and first attributions if you like' })
  @ApiCreatedResponse({ type: ReceiptDto })
  async open(
    @Body() body: OpenThreadRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptDto> {
    const receipt = await this.threads.open(openThreadInput(body), context);
    reply.header('location', `/v1/threads/${receipt.threadId}`);
    return created(reply, receipt);
  }

  @Get()
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({
    summary: 'The board: threads with their status, now or as of a time',
    description:
      'The last changed first. As of a time: by what had changed last by then, folded from the log, with every filter applied to what a thread was then. Such a page ends early, and has a `next`, after 1,000 threads in a row that do not pass.',
  })
  @ApiOkResponse({ type: ThreadPageDto })
  async board(@Query() query: BoardQuery): Promise<PageOf<ThreadDto> | EncodedAnswer> {
    const { q, status, lifecycle, desk, topic, source, changedSince, changedUntil } = query;
    const filter = given({
      words: q,
      status,
      lifecycle,
      desk: desk === undefined ? undefined : [desk],
      topic: topic === undefined ? undefined : [topic],
      speakerId: source === undefined ? undefined : await this.sources.idOf(source),
      changedSince,
      changedUntil,
    });
    const { recordedUntil, statedUntil } = query;
    if (recordedUntil === undefined && statedUntil === undefined) {
      const request = pageRequest(query);
      return this.known.of(`board ${JSON.stringify([filter, request])}`, async () =>
        EncodedAnswer.of(pageOf(await this.queries.board(filter, request), (row) => threadDto(row))),
      );
    }
    const past = { replay: this.replays, queries: this.queries };
    const page = await boardThen(past, filter, { recordedUntil, statedUntil }, pageRequest(query));
    return pageOf(page, ({ row, asOf }) => threadDto(row, asOf));
  }

  @Get(':thread')
  @Requires('reader')
  @WaitsForPosition()
  @WithEntityTag()
  @ApiOperation({ summary: 'A thread with its claims, their statuses and why: now, or as of a moment' })
  @ApiOkResponse({ type: ThreadDetailDto })
  async show(@Param() { thread }: ThreadPath, @Query() query: AsOfQuery): Promise<ThreadDetailDto | EncodedAnswer> {
    const moment = momentOf(query);
    if (moment !== null) {
      const { fold, asOf } = await this.replays.thread(await this.threads.idOf(thread), moment);
      const then = threadRows(fold);
      if (then === null) throw noSuchThread(thread);
      return { ...threadDto(then.thread, asOf), claims: then.claims.map(claimDto) };
    }
    const now = await this.answers.of(await this.threads.idOf(thread));
    if (now === null) throw noSuchThread(thread);
    return now;
  }

  @Patch(':thread')
  @Requires('reporter')
  @IfMatchHeader({ required: true })
  @WithEntityTag()
  @ApiOperation({ summary: 'Change headline, slug, desk, topics or language' })
  @ApiOkResponse({ type: ReceiptDto })
  async revise(
    @Param() { thread }: ThreadPath,
    @Body() body: ReviseThreadRequest,
    @Command({ ifMatchRequired: true }) context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.revise(thread, given({ ...body }), context));
  }

  @Get(':thread/history')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Every change of a status, with the event that caused it and the rule' })
  @ApiOkResponse({ type: HistoryPageDto })
  async history(@Param() { thread }: ThreadPath, @Query() query: PageQuery): Promise<EncodedAnswer> {
    const threadId = await this.threads.idOf(thread);
    const request = pageRequest(query);
    const history = await this.known.of(`history ${threadId} ${JSON.stringify(request)}`, async () => {
      if ((await this.queries.thread(threadId)) === null) return null;
      return EncodedAnswer.of(pageOf(await this.queries.history(threadId, request), historyDto));
    });
    if (history === null) throw noSuchThread(thread);
    return history;
  }

  @Get(':thread/events')
  @Requires('reader')
  @ApiOperation({ summary: 'The events of the thread’s stream as they are stored' })
  @ApiOkResponse({ type: EventPageDto })
  async events(@Param() { thread }: ThreadPath, @Query() query: PageQuery): Promise<PageOf<EventDto>> {
    const { limit, cursor } = pageRequest(query);
    const from = BigInt(/^\d{1,18}$/.exec(cursor?.[0] ?? '')?.[0] ?? 0);
    const events: EventDto[] = [];
    const threadId = await this.threads.idOf(thread);
    for await (const stored of this.store.readStream(streamOf(threadId), { from, limit: limit + 1 })) {
      events.push(eventDto(stored));
    }
    if (events.length === 0 && from === 0n) throw noSuchThread(thread);
    const page: Page<EventDto> = {
      items: events.slice(0, limit),
      next: events.length > limit ? [`${from + BigInt(limit)}`] : null,
    };
    return pageOf(page, (event) => event);
  }

  @Post(':thread/close')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Close the thread: it can still be put right, but takes in nothing new' })
  @ApiOkResponse({ type: ReceiptDto })
  async close(
    @Param() { thread }: ThreadPath,
    @Body() { reason }: ReasonRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.close(thread, reason, context));
  }

  @Post(':thread/reopen')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Reopen a closed thread' })
  @ApiOkResponse({ type: ReceiptDto })
  async reopen(
    @Param() { thread }: ThreadPath,
    @Body() { reason }: ReasonRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.reopen(thread, reason, context));
  }

  @Put(':thread/policy')
  @Requires('editor')
  @IfMatchHeader({ required: true })
  @WithEntityTag()
  @ApiOperation({
    summary: 'Judge the thread by another policy from here on',
    description:
      'Also a closed thread. What stood before, by the policy of then, stays as it was in every view of the past.',
  })
  @ApiOkResponse({ type: ReceiptDto })
  async changePolicy(
    @Param() { thread }: ThreadPath,
    @Body() { policy, reason }: PolicyNameRequest,
    @Command({ ifMatchRequired: true }) context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.changePolicy(thread, policy, reason, context));
  }

  @Post(':thread/merge')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Merge this thread into another, which takes over its claims' })
  @ApiOkResponse({ type: ReceiptDto })
  async merge(
    @Param() { thread }: ThreadPath,
    @Body() { into, reason }: MergeRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.merge(thread, into, reason, context));
  }

  @Post(':thread/unmerge')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Undo a merge: the claims come back, with what was recorded on them since' })
  @ApiOkResponse({ type: ReceiptDto })
  async unmerge(
    @Param() { thread }: ThreadPath,
    @Body() { reason }: ReasonRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.unmerge(thread, reason, context));
  }
}

function noSuchThread(thread: string): Refusal {
  return new Refusal(
    'thread_not_found',
    `No thread has the id or slug "${thread}". If it was just opened, read with after=<position>.`,
  );
}
