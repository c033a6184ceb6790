import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type ReportFrame, ReportQueries } from '#read-models';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { SMALL_BELOW } from './report-small.js';
import { frameOf, openQuestionsFrame, StandardsQuery } from './reports.requests.js';
import { STANDARDS_POLICY, standardsPage } from './standards-page.js';
import { standardsSections } from './standards-sections.js';

const WEEKS_FROM_DAYS = 21;
const MONTHS_FROM_DAYS = 150;

@ApiTags('Reports')
@Controller('v1/reports')
export class StandardsReportController {
  constructor(private readonly queries: ReportQueries) {}

  @Get('standards')
  @Requires('editor')
  @WaitsForPosition()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', STANDARDS_POLICY)
  @ApiOperation({ summary: 'The standards report: one page to read and print, complete in itself, without a script' })
  @ApiProduces('text/html')
  @ApiOkResponse({ content: { 'text/html': { schema: { type: 'string' } } } })
  async page(@Query() query: StandardsQuery): Promise<string> {
    const now = new Date();
    const frame = withInterval(frameOf(query, now));
    const { from: _, ...whenever } = query;
    const questions = openQuestionsFrame(whenever, now);
    const [position, figures] = await Promise.all([this.queries.reached(), this.figures(frame, questions, now)]);
    const { from, to, desk, topic } = frame;
    const sections = standardsSections(figures);
    const madeAt = `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    return standardsPage({
      from,
      to,
      desk,
      topic,
      madeAt,
      position: position.toString(),
      smallBelow: SMALL_BELOW,
      sections,
    });
  }

  /** Two at a time, as the database is there for others too. */
  private async figures(frame: ReportFrame, questions: ReportFrame, now: Date) {
    const { queries } = this;
    const [statuses, secondSource] = await Promise.all([queries.statuses(frame), queries.secondSource(frame)]);
    const [settling, reversals] = await Promise.all([queries.settling(frame), queries.reversals(frame)]);
    const [denials, takeBacks] = await Promise.all([queries.denials(frame), queries.takeBacks(frame)]);
    const [echoes, refusals] = await Promise.all([queries.echoes(frame), queries.refusals(frame)]);
    const openQuestions = await queries.openQuestions({ ...questions, to: frame.to }, now.toISOString());
    return { statuses, secondSource, settling, reversals, denials, takeBacks, echoes, refusals, openQuestions };
  }
}

/** As many as fit on a page. */
function withInterval(frame: ReportFrame): ReportFrame {
  const days = (Date.parse(frame.to) - Date.parse(frame.from)) / 86_400_000;
  return { ...frame, interval: days < WEEKS_FROM_DAYS ? 'day' : days < MONTHS_FROM_DAYS ? 'week' : 'month' };
}
