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
import {
  type AccessEntryDto,
  AccessPageDto,
  IMPORTS_LEFT_OUT,
  ImportsReportDto,
  importRows,
  LINES_LEFT_OUT,
} from './administration.views.js';
import { asCsv, ReportAnswer, sendReport } from './report-answer.js';
import { AccessQuery, PlaceQuery, type Scope, scopeOf } from './reports.requests.js';

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
  batches(@Query() query: PlaceQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendReport('imports', query, reply, async () => {
      const scope = scopeOf(query, new Date());
      const position = await this.queries.reached();
      const among = isNarrowed(scope) ? await this.queries.places.importsAt(scope) : null;
      const batches = await this.imports.batches.startedWithin(scope, among, MOST_BATCHES);
      const ids = batches.map(({ batchId }) => batchId);
      const rows = importRows(batches, await this.queries.places.imported(ids, scope));
      return { frame: scope, position, rows, more: { leftOut: isNarrowed(scope) ? IMPORTS_LEFT_OUT : null } };
    });
  }

  @Get('access')
  @Requires('admin')
  @WaitsForPosition()
  @ApiOperation({
    summary: 'Who ruled, voided, merged, made and revoked keys, exported evidence; the newest first',
    description:
      'What an import voids is one line, that of its voiding. With `desk` or `topic`, lines that name no thread are left out.',
  })
  @ReportAnswer(AccessPageDto)
  async log(@Query() query: AccessQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const scope = scopeOf(query, new Date());
    if (query.format === 'csv') return this.file(scope, reply);
    const { limit, cursor } = pageRequest(query);
    const page = pageOf(await this.access.page(scope, limit, cursor), (entry) => entry);
    // Its class tells that it is to be linked to the next.
    return Object.assign(page, { leftOut: isNarrowed(scope) ? LINES_LEFT_OUT : null });
  }

  private async file(scope: Scope, reply: FastifyReply): Promise<string> {
    const lines: object[] = [];
    for await (const entry of this.access.all(scope)) {
      lines.push(line(entry));
      if (lines.length === MOST_LINES) break;
    }
    return asCsv(`access-${scope.from}-${scope.to}`, lines, reply, COLUMNS);
  }
}

function isNarrowed({ desk, topic }: Scope): boolean {
  return desk !== null || topic !== null;
}

function line({ detail, ...entry }: AccessEntryDto): object {
  return { ...entry, detail: JSON.stringify(detail) };
}
