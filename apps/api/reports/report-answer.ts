import { applyDecorators, type Type as Class } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProduces, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Position } from '#event-store';
import { reportCsv } from './report-csv.js';
import { SMALL_BELOW } from './report-small.js';
import type { Period } from './reports.requests.js';

/** What a report answers, by `format`. */
export function ReportAnswer(dto: Class<unknown>): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(dto),
    ApiProduces('application/json', 'text/csv'),
    ApiOkResponse({
      content: {
        'application/json': { schema: { $ref: getSchemaPath(dto) } },
        'text/csv': { schema: { type: 'string' } },
      },
    }),
  );
}

interface Report<Row extends object> {
  readonly frame: Period;
  readonly position: Position;
  readonly rows: readonly Row[];
  /** Beside the rows; not in CSV. */
  readonly more?: object;
}

/** The report as JSON, or its rows as a file. */
export async function sendReport<Row extends object>(
  name: string,
  { format }: { readonly format?: 'json' | 'csv' },
  reply: FastifyReply,
  make: () => Promise<Report<Row>>,
): Promise<object | string> {
  const { frame, position, rows, more } = await make();
  if (format === 'csv') return asCsv(`${name}-${frame.from}-${frame.to}`, rows, reply);
  return { ...frame, position: position.toString(), smallBelow: SMALL_BELOW, rows, ...more };
}

/** `columns` where there may be no row to tell them. */
export function asCsv(name: string, rows: readonly object[], reply: FastifyReply, columns?: readonly string[]): string {
  reply.header('content-type', 'text/csv; charset=utf-8; header=present');
  reply.header('content-disposition', `attachment; filename="storyledger-${name}.csv"`);
  return reportCsv(rows, columns);
}
