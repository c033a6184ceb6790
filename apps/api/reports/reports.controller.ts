import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type ReportFrame, ReportQueries } from '#read-models';
import { Requires } from '../auth/access.js';
import { WaitsForPosition } from '../consistency/waits-for-position.js';
import { ReportAnswer, sendReport } from './report-answer.js';
import { frameOf, openQuestionsFrame, ReportQuery } from './reports.requests.js';
import {
  DenialsReportDto,
  denialsRow,
  EchoesReportDto,
  echoesRow,
  OpenQuestionsReportDto,
  openQuestionsRow,
  RefusalsReportDto,
  ReversalsReportDto,
  refusalsRow,
  reversalsRow,
  SecondSourceReportDto,
  SettlingReportDto,
  StatusReportDto,
  secondSourceRow,
  settlingRow,
  statusRow,
  TakeBacksReportDto,
  ThroughputReportDto,
  takeBacksRow,
  throughputRow,
} from './reports.views.js';

/** What each figure means: docs/reports.md. */
@ApiTags('Reports')
@Controller('v1/reports')
export class ReportsController {
  constructor(private readonly queries: ReportQueries) {}

  @Get('status')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'How many claims and threads stand in each status, at the end and over time' })
  @ReportAnswer(StatusReportDto)
  status(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('status', query, reply, async (frame) => (await this.queries.statuses(frame)).map(statusRow));
  }

  @Get('second-source')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'How long claims wait for a second firm voice' })
  @ReportAnswer(SecondSourceReportDto)
  secondSource(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const rows = async (frame: ReportFrame) => (await this.queries.secondSource(frame)).map(secondSourceRow);
    return this.report('second-source', query, reply, rows);
  }

  @Get('settling')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'How long it takes until claims are confirmed or denied' })
  @ReportAnswer(SettlingReportDto)
  settling(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('settling', query, reply, async (frame) =>
      (await this.queries.settling(frame)).map(settlingRow),
    );
  }

  @Get('reversals')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Claims shown as confirmed that fell, by desk and by who spoke for them' })
  @ReportAnswer(ReversalsReportDto)
  reversals(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const rows = async (frame: ReportFrame) => (await this.queries.reversals(frame)).map(reversalsRow);
    return this.report('reversals', query, reply, rows);
  }

  @Get('denials')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'What sources denied, and what of it others then confirmed' })
  @ReportAnswer(DenialsReportDto)
  denials(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('denials', query, reply, async (frame) => (await this.queries.denials(frame)).map(denialsRow));
  }

  @Get('take-backs')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Retractions, corrections and voids, and how long the words had stood' })
  @ReportAnswer(TakeBacksReportDto)
  takeBacks(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const rows = async (frame: ReportFrame) => (await this.queries.takeBacks(frame)).map(takeBacksRow);
    return this.report('take-backs', query, reply, rows);
  }

  @Get('echoes')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Attributions that only repeat what their speaker had said' })
  @ReportAnswer(EchoesReportDto)
  echoes(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('echoes', query, reply, async (frame) => (await this.queries.echoes(frame)).map(echoesRow));
  }

  @Get('open-questions')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Claims that nobody has settled, by age; without `from`, however old' })
  @ReportAnswer(OpenQuestionsReportDto)
  openQuestions(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const now = new Date();
    const at = now.toISOString();
    return sendReport('open-questions', query, reply, async () => {
      const frame = openQuestionsFrame(query, now);
      const [position, { rows, oldest }] = await Promise.all([
        this.queries.reached(),
        this.queries.openQuestions(frame, at),
      ]);
      return { frame, position, rows: rows.map(openQuestionsRow), more: { at, oldest } };
    });
  }

  @Get('refusals')
  @Requires('editor')
  @WaitsForPosition()
  @ApiOperation({ summary: 'Who declined to comment, and how often' })
  @ReportAnswer(RefusalsReportDto)
  refusals(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.report('refusals', query, reply, async (frame) =>
      (await this.queries.refusals(frame)).map(refusalsRow),
    );
  }

  @Get('throughput')
  @Requires('admin')
  @WaitsForPosition()
  @ApiOperation({ summary: 'What was recorded, by desk and by who did it' })
  @ReportAnswer(ThroughputReportDto)
  throughput(@Query() query: ReportQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const rows = async (frame: ReportFrame) => (await this.queries.throughput(frame)).map(throughputRow);
    return this.report('throughput', query, reply, rows);
  }

  private report<Row extends object>(
    name: string,
    query: ReportQuery,
    reply: FastifyReply,
    rowsOf: (frame: ReportFrame) => Promise<readonly Row[]>,
  ) {
    return sendReport(name, query, reply, async () => {
      const frame = frameOf(query, new Date());
      const [position, rows] = await Promise.all([this.queries.reached(), rowsOf(frame)]);
      return { frame, position, rows };
    });
  }
}
