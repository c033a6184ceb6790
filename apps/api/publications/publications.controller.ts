import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CommandContext, Threads } from '#application';
import { Refusal } from '#domain';
import { type PublicationFilter, ReadModelQueries, threadRows } from '#read-models';
import { Replay } from '#replay';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { Command } from '../threads/command-context.js';
import { given } from '../threads/threads.inputs.js';
import { ThreadPath } from '../threads/threads.requests.js';
import { claimDto, ReceiptDto, receiptDto, threadDto } from '../threads/threads.views.js';
import {
  DowngradesQuery,
  PublicationPath,
  PublicationRequest,
  PublicationsQuery,
  ThreadPublicationPath,
  ThreadPublicationsQuery,
  WithdrawalRequest,
} from './publications.requests.js';
import {
  type DowngradeDto,
  DowngradePageDto,
  downgradeDto,
  PublicationDetailDto,
  type PublicationDto,
  PublicationPageDto,
  PublicationReceiptDto,
  publicationDto,
  publicationReceiptDto,
} from './publications.views.js';

@ApiTags('Publications')
@Controller('v1')
export class PublicationsController {
  constructor(
    private readonly threads: Threads,
    private readonly queries: ReadModelQueries,
    private readonly replays: Replay,
  ) {}

  @Post('threads/:thread/publications')
  @Requires('reporter')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({
    summary: 'Record that a piece went out: it is pinned to a revision of the thread and to the claims it rests on',
  })
  @ApiCreatedResponse({ type: PublicationReceiptDto })
  async publish(
    @Param() { thread }: ThreadPath,
    @Body() body: PublicationRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicationReceiptDto> {
    const { piece, title = null, publishedAt, revision, claims = null } = body;
    const pinned = revision === undefined ? null : BigInt(revision);
    const receipt = await this.threads.publish(
      thread,
      { piece, title, publishedAt, revision: pinned, claims },
      context,
    );
    reply.status(receipt.changed ? 201 : 200);
    return publicationReceiptDto(receipt);
  }

  @Post('threads/:thread/publications/:publication/withdrawal')
  @HttpCode(200)
  @Requires('reporter')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Record that a piece was withdrawn: it is not on the downgrade list any more' })
  @ApiOkResponse({ type: ReceiptDto })
  async withdraw(
    @Param() { thread, publication }: ThreadPublicationPath,
    @Body() { reason }: WithdrawalRequest,
    @Command() context: CommandContext,
  ): Promise<ReceiptDto> {
    return receiptDto(await this.threads.withdraw(thread, publication, reason, context));
  }

  @Get('threads/:thread/publications')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'What was published from a thread, and from those merged into it; the last first' })
  @ApiOkResponse({ type: PublicationPageDto })
  async ofThread(
    @Param() { thread }: ThreadPath,
    @Query() query: ThreadPublicationsQuery,
  ): Promise<PageOf<PublicationDto>> {
    const threadId = await this.threads.idOf(thread);
    if ((await this.queries.thread(threadId)) === null) {
      throw new Refusal('thread_not_found', `No thread has the id or slug "${thread}".`);
    }
    return this.page({ threadId, ...given({ state: query.state }) }, query);
  }

  @Get('publications')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'What was published, the last first' })
  @ApiOkResponse({ type: PublicationPageDto })
  async list(@Query() query: PublicationsQuery): Promise<PageOf<PublicationDto>> {
    const { piece, desk, state } = query;
    return this.page(given({ piece, desk, state }), query);
  }

  @Get('publications/downgrades')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({
    summary: 'Pieces that rest on a claim which has fallen since, with the event that caused it; the last fall first',
    description:
      'A claim falls from confirmed or corroborated to anything weaker. A piece that was withdrawn, or that went out again, is not listed.',
  })
  @ApiOkResponse({ type: DowngradePageDto })
  async downgrades(@Query() query: DowngradesQuery): Promise<PageOf<DowngradeDto>> {
    const { now, thread, desk } = query;
    const threadId = thread === undefined ? undefined : await this.threads.idOf(thread);
    return pageOf(await this.queries.downgrades(given({ now, threadId, desk }), pageRequest(query)), downgradeDto);
  }

  @Get('publications/:publication')
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'A publication, with what we knew when we published' })
  @ApiOkResponse({ type: PublicationDetailDto })
  async show(@Param() { publication: publicationId }: PublicationPath): Promise<PublicationDetailDto> {
    const [publication] = (await this.queries.publications({ publicationId }, { limit: 1, cursor: null })).items;
    if (publication === undefined) {
      throw new Refusal('publication_not_found', `There is no publication ${publicationId}.`);
    }
    const { threadId, pinnedRevision } = publication;
    const { fold, asOf } = await this.replays.thread(threadId, { revision: pinnedRevision });
    const then = threadRows(fold);
    if (then === null)
      throw new Error(`Thread ${threadId} has no revision ${pinnedRevision}, but a piece pinned to it.`);
    const knew = { ...threadDto(then.thread, asOf), claims: then.claims.map(claimDto) };
    return { ...publicationDto(publication), knew };
  }

  private async page(filter: PublicationFilter, query: ThreadPublicationsQuery): Promise<PageOf<PublicationDto>> {
    return pageOf(await this.queries.publications(filter, pageRequest(query)), publicationDto);
  }
}
