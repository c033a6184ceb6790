import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiProduces, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Threads } from '#application';
import { ReadModelQueries } from '#read-models';
import { changesSomething, namesIn, Replay, type ReplayRecord, type ReplayStep, recordOf, replayCsv } from '#replay';
import { Requires } from '../auth/access.js';
import { PageAsText, type PageOf, pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { ThreadPath } from '../threads/threads.requests.js';
import { momentAt, refuseBackwards } from './moments.js';
import { ReplayQuery } from './replay.requests.js';
import { ReplayPageDto } from './replay.views.js';

const CSV = 'text/csv';

@ApiTags('Replay')
@ApiExtraModels(ReplayPageDto)
@Controller('v1/threads/:thread')
export class ReplayController {
  constructor(
    private readonly threads: Threads,
    private readonly replays: Replay,
    private readonly queries: ReadModelQueries,
  ) {}

  @Get('replay')
  @Requires('reader')
  @ApiOperation({
    summary: 'How the thread evolved: each event, what it changed and by which rule, in one plain sentence',
    description: 'Straight from the log, so a write is there at once. With `Accept: text/csv` as a table.',
  })
  @ApiProduces('application/json', CSV)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ReplayPageDto) } },
      [CSV]: { schema: { type: 'string' } },
    },
  })
  async replay(
    @Param() { thread }: ThreadPath,
    @Query() query: ReplayQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageOf<ReplayRecord> | PageAsText> {
    const steps = await this.range(thread, query);
    const asCsv = (query.format ?? preferred(accept)) === 'csv';
    const { limit, cursor } = pageRequest(query);
    const first = cursor === null ? 0 : steps.findIndex(({ stored }) => stored.revision.toString() === cursor[0]) + 1;
    const size = asCsv && query.limit === undefined ? steps.length : limit;
    const items = steps.slice(first, first + size);
    const last = items.at(-1);
    const next = first + size < steps.length && last !== undefined ? [last.stored.revision.toString()] : null;
    const page = pageOf({ items: await this.records(items), next }, (record) => record);
    if (!asCsv) return page;
    reply.header('content-disposition', `attachment; filename="replay-${thread.replace(/[^\w.-]/g, '_')}.csv"`);
    return new PageAsText(replayCsv(page.items), page.next).sendAs(`${CSV}; charset=utf-8`, reply);
  }

  private async range(thread: string, { from, to, changes }: ReplayQuery): Promise<readonly ReplayStep[]> {
    refuseBackwards(from, to);
    const range = { from: momentAt(from), to: momentAt(to) };
    const steps = await this.replays.steps(await this.threads.idOf(thread), range);
    return changes === 'only' ? steps.filter(changesSomething) : steps;
  }

  private async records(steps: readonly ReplayStep[]): Promise<readonly ReplayRecord[]> {
    const names = await this.queries.names(namesIn(steps));
    return steps.map((step) => recordOf(step, names));
  }
}

/** The one that is named first, without weighing: a browser names neither. */
function preferred(accept: string | undefined): 'json' | 'csv' {
  const types = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  const [first] = types.filter((type) => type === CSV || type === 'application/json');
  return first === CSV ? 'csv' : 'json';
}
