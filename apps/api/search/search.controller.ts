import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReadModelQueries } from '#read-models';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { SearchResultDto } from '../threads/threads.views.js';
import { CountParameter } from '../validation/parameter.fields.js';
import { Text } from '../validation/text.fields.js';

export class SearchQuery {
  @Text({ max: 200, description: 'Words, "a phrase", or, -without.', example: 'putin -"one-on-one"' })
  q!: string;

  @CountParameter({ min: 1, max: 100, default: 20 })
  limit?: number;
}

@ApiTags('Search')
@Controller('v1/search')
export class SearchController {
  constructor(private readonly queries: ReadModelQueries) {}

  @Get()
  @Requires('reader')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Find threads, claims and quotes by their words' })
  @ApiOkResponse({ type: SearchResultDto })
  async search(@Query() { q, limit = 20 }: SearchQuery): Promise<SearchResultDto> {
    return { items: [...(await this.queries.search(q, limit))] };
  }
}
