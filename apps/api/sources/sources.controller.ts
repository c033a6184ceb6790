import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type CommandContext, Sources } from '#application';
import { Refusal } from '#domain';
import { ReadModelQueries } from '#read-models';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { WithEntityTag } from '../preconditions/entity-tag.js';
import { IfMatchHeader } from '../preconditions/expected-revision.js';
import { Command } from '../threads/command-context.js';
import { given } from '../threads/threads.inputs.js';
import {
  RateSourceRequest,
  RegisterSourceRequest,
  ReviseSourceRequest,
  SourceDto,
  SourcePageDto,
  SourcePath,
  SourceQuery,
  SourceReceiptDto,
  sourceDto,
  sourceReceiptDto,
} from './sources.dto.js';

@ApiTags('Sources')
@Controller('v1/sources')
export class SourcesController {
  constructor(
    private readonly sources: Sources,
    private readonly queries: ReadModelQueries,
  ) {}

  @Post()
  @Requires('reporter')
  @WithEntityTag()
  @ApiOperation({ summary: 'Register a source; a key that is there with the same details adds nothing' })
  @ApiCreatedResponse({ type: SourceReceiptDto })
  async register(
    @Body() { key = null, name, kind, group, trustedConduit = false }: RegisterSourceRequest,
    @Command() context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SourceReceiptDto> {
    const receipt = await this.sources.register({ key, name, kind, group, trustedConduit }, context);
    reply.status(receipt.changed ? 201 : 200).header('location', `/v1/sources/${receipt.sourceId}`);
    return sourceReceiptDto(receipt);
  }

  @Get()
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'The sources, by name' })
  @ApiOkResponse({ type: SourcePageDto })
  async list(@Query() query: SourceQuery): Promise<PageOf<SourceDto>> {
    const { id, name, kind, group } = query;
    const filter = given({ sourceId: id, name, kind, group: group === undefined ? undefined : [group] });
    return pageOf(await this.queries.sources(filter, pageRequest(query)), sourceDto);
  }

  @Get(':source')
  @Requires('reader')
  @WaitsForPosition()
  @WithEntityTag()
  @ApiOperation({ summary: 'A source with what it said and carried' })
  @ApiOkResponse({ type: SourceDto })
  async show(@Param() { source }: SourcePath): Promise<SourceDto> {
    const row = await this.queries.sourceById(await this.sources.idOf(source));
    if (row !== null) return sourceDto(row);
    throw new Refusal('source_not_found', `No source has the id or key "${source}".`);
  }

  @Patch(':source')
  @Requires('reporter')
  @IfMatchHeader({ required: true })
  @WithEntityTag()
  @ApiOperation({ summary: 'Change what is registered; attributions recorded before keep what it was' })
  @ApiOkResponse({ type: SourceReceiptDto })
  async revise(
    @Param() { source }: SourcePath,
    @Body() { reason = null, ...changes }: ReviseSourceRequest,
    @Command({ ifMatchRequired: true }) context: CommandContext,
  ): Promise<SourceReceiptDto> {
    return sourceReceiptDto(await this.sources.revise(source, given(changes), reason, context));
  }

  @Post(':source/ratings')
  @HttpCode(200)
  @Requires('editor')
  @IfMatchHeader()
  @WithEntityTag()
  @ApiOperation({ summary: 'Rate its reliability on the Admiralty scale' })
  @ApiOkResponse({ type: SourceReceiptDto })
  async rate(
    @Param() { source }: SourcePath,
    @Body() { rating, reason }: RateSourceRequest,
    @Command() context: CommandContext,
  ): Promise<SourceReceiptDto> {
    return sourceReceiptDto(await this.sources.rate(source, rating, reason, context));
  }
}
