import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Threads } from '#application';
import { ReadModelQueries } from '#read-models';
import { diffInWords, diffOf, explain, namesFor, namesInDiff, Replay } from '#replay';
import { Requires } from '../auth/access.js';
import { ClaimPath, ThreadPath } from '../threads/threads.requests.js';
import { AsOfQuery, claimIdThen, momentOf } from './as-of.js';
import { diffDto, ExplanationDto, explanationDto, ThreadDiffDto } from './comparison.views.js';
import { momentAt } from './moments.js';
import { DiffQuery } from './replay.requests.js';

@ApiTags('Replay')
@Controller('v1/threads/:thread')
export class ComparisonController {
  constructor(
    private readonly threads: Threads,
    private readonly replays: Replay,
    private readonly queries: ReadModelQueries,
  ) {}

  @Get('diff')
  @Requires('reader')
  @ApiOperation({
    summary: 'What is different between two moments: statuses, claims, rulings, attributions added and set aside',
    description: 'Straight from the log. The second moment may lie before the first.',
  })
  @ApiOkResponse({ type: ThreadDiffDto })
  async diff(@Param() { thread }: ThreadPath, @Query() query: DiffQuery): Promise<ThreadDiffDto> {
    const threadId = await this.threads.idOf(thread);
    const { from, to, statedFrom, statedTo } = query;
    const before = await this.replays.thread(threadId, { ...momentAt(from), statedUntil: statedFrom });
    const after = await this.replays.thread(threadId, { ...momentAt(to), statedUntil: statedTo });
    const diff = diffOf(before, after);
    const names = await this.queries.names(namesInDiff(diff, before, after));
    return diffDto(diff, diffInWords(diff, before, after, names));
  }

  @Get('claims/:claim/explain')
  @Requires('reader')
  @ApiOperation({
    summary: 'Why a claim stands as it does, what was set aside, and what would change it: now, or as of a moment',
    description: 'Straight from the log; each part by its id, and all of it as text.',
  })
  @ApiOkResponse({ type: ExplanationDto })
  async explain(@Param() { thread, claim }: ClaimPath, @Query() query: AsOfQuery): Promise<ExplanationDto> {
    const then = await this.replays.thread(await this.threads.idOf(thread), momentOf(query) ?? {});
    const claimId = claimIdThen(then, claim);
    const explanation = explain(then, claimId, await this.queries.names(namesFor(then, claimId)));
    if (explanation === null) throw new Error(`Claim ${claimId} is in the thread, and stands nowhere.`);
    return explanationDto(explanation);
  }
}
