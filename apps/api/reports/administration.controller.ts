import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Imports } from '#imports';
import { ReportQueries } from '#read-models';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { pageOf } from '../paging/page.js';
import { pageRequest } from '../paging/page-query.js';
import { AccessReport } from './access-report.js';
import { type AccessEntryDto, AccessPageDto, ImportsReportDto, importRows } from './administration.views.js';
import { asCsv, ReportAnswer, sendReport } from './report-answer.js';
import { AccessQuery, PeriodQuery, periodOf } from './reports.requests.js';

const MOST_BATCHES = 1_000;
const MOST_LINES = 50_000;
const COLUMNS = ['id', 'at', 'action', 'subject', 'actorId', 'actorName', 'reason', 'detail'];

@ApiTags('Reports')
@Controller('v1/reports')
export class AdministrationReportsController {
  constructor(
    private readonly imports: Imports,
    private readonly queries: ReportQueries,
    private readonly access: AccessReport,
  ) {}

  @Get('imports')
  @Requires('editor')
  @ApiOperation({ summary: 'Import batches started in the period, and what became of their rows' })
  @ReportAnswer(ImportsReportDto)
  batches(@Query() query: PeriodQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendReport('imports', query, reply, async () => {
      const frame = periodOf(query, new Date());
      const [position, batches] = await Promise.all([
        this.queries.reached(),
        this.imports.batches.startedWithin(frame.from, frame.to, MOST_BATCHES),
      ]);
      return { frame, position, rows: importRows(batches) };
    });
  }

  @Get('access')
  @Requires('admin')
  @WaitsForPosition()
  @ApiOperation({
    summary: 'Who ruled, voided, merged, made and revoked keys, exported evidence; the newest first',
    description: 'What an import voids is one line, that of its voiding.',
  })
  @ReportAnswer(AccessPageDto)
  async log(@Query() query: AccessQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const period = periodOf(query, new Date());
    if (query.format === 'csv') return this.file(period, reply);
    const { limit, cursor } = pageRequest(query);
    return pageOf(await this.access.page(period, limit, cursor), (entry) => entry);
  }

  private async file(period: { readonly from: string; readonly to: string }, reply: FastifyReply): Promise<string> {
    const lines: object[] = [];
    for await (const entry of this.access.all(period)) {
      lines.push(line(entry));
      if (lines.length === MOST_LINES) break;
    }
    return asCsv(`access-${period.from}-${period.to}`, lines, reply, COLUMNS);
  }
}

function line({ detail, ...entry }: AccessEntryDto): object {
  return { ...entry, detail: JSON.stringify(detail) };
}
