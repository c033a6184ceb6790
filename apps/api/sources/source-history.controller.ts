import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Sources } from '#application';
import { EventStore } from '#event-store';
import { sourceHistory } from '#replay';
import { Requires } from '../auth/access.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { SourceHistoryQuery, SourceStepDto, SourceStepPageDto, sourceStepDto } from './source-history.dto.js';
import { SourcePath } from './sources.dto.js';

@ApiTags('Sources')
@Controller('v1/sources/:source/history')
export class SourceHistoryController {
  constructor(
    private readonly sources: Sources,
    private readonly store: EventStore,
  ) {}

  @Get()
  @Requires('reader')
  @ApiOperation({
    summary: 'What became of a source: registered, revised, rated, sealed, erased; each with who did it and why',
    description:
      'Straight from the log, so a write is there at once. Of a sealed source no name is told that it had before.',
  })
  @ApiOkResponse({ type: SourceStepPageDto })
  async history(@Param() { source }: SourcePath, @Query() query: SourceHistoryQuery): Promise<PageOf<SourceStepDto>> {
    const { limit, cursor } = pageRequest(query);
    const from = BigInt(query.from ?? 0);
    const history = await sourceHistory(this.store, await this.sources.idOf(source));
    const steps = history.filter(({ revision }) => revision >= from);
    const first = cursor === null ? 0 : steps.findIndex(({ revision }) => revision.toString() === cursor[0]) + 1;
    const items = steps.slice(first, first + limit);
    const last = items.at(-1);
    const next = first + limit < steps.length && last !== undefined ? [last.revision.toString()] : null;
    return pageOf({ items, next }, sourceStepDto);
  }
}
