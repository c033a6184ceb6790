import { ApiProperty } from '@nestjs/swagger';
import type { ImportBatch } from '#imports';
import type { AccessEntry } from '#operations';
import type { Imported, ReportedAct } from '#read-models';
import { pageDto } from '../paging/page.js';
import { NULL_TEXT, reportDto, ScopeDto, SECONDS } from './reports.views.js';

export class ImportRowsDto {
  @ApiProperty({ enum: ['all', 'batch'], example: 'batch' }) by!: 'all' | 'batch';
  @ApiProperty({ ...NULL_TEXT, description: 'The id of the batch.' }) key!: string | null;
  @ApiProperty({ ...NULL_TEXT, description: 'The file.', example: 'desk-notes.csv' }) label!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'attributions-table' }) mapping!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'Asia desk' }) actorName!: string | null;
  @ApiProperty({ ...NULL_TEXT, example: 'done' }) state!: string | null;
  @ApiProperty({ ...NULL_TEXT, format: 'date-time' }) startedAt!: string | null;
  @ApiProperty({ ...SECONDS, example: 12.5 }) seconds!: number | null;
  @ApiProperty({ description: 'Rows that were read.', example: 120 }) cases!: number;
  @ApiProperty({ example: 110 }) taken!: number;
  @ApiProperty({ example: 4 }) duplicate!: number;
  @ApiProperty({ example: 6 }) refused!: number;
  @ApiProperty({ description: 'Attributions taken back with their batch.', example: 0 }) voided!: number;
  @ApiProperty({ description: 'Threads, of those asked for, into which it brought something.', example: 3 })
  threads!: number;
  @ApiProperty({ description: 'Attributions that it recorded in these threads.', example: 110 }) attributions!: number;
}

export const IMPORTS_LEFT_OUT =
  'Imports that brought nothing into a thread at this desk or topic. Rows (cases, taken, duplicate, refused, voided) are of ' +
  'whole files, as a row that was refused has no thread; threads and attributions are those at this desk or topic.';
export const LINES_LEFT_OUT =
  'Lines that name no thread, and so have no desk or topic: those about keys, imports, sources, policies and projections.';
const LEFT_OUT = {
  ...NULL_TEXT,
  description: 'What a desk or topic leaves out; null without.',
  example: LINES_LEFT_OUT,
};

export class ImportsReportDto extends reportDto(ImportRowsDto, ScopeDto) {
  @ApiProperty({ ...LEFT_OUT, example: IMPORTS_LEFT_OUT }) leftOut!: string | null;
}

/** All first, then each batch. */
export function importRows(
  batches: readonly ImportBatch[],
  imported: ReadonlyMap<string | null, Imported>,
): readonly ImportRowsDto[] {
  const sum = (count: (batch: ImportBatch) => number) => batches.reduce((total, batch) => total + count(batch), 0);
  const none = { key: null, label: null, mapping: null, actorName: null, state: null, startedAt: null, seconds: null };
  const all: ImportRowsDto = {
    by: 'all',
    ...none,
    cases: sum(({ rowsDone }) => rowsDone),
    taken: sum(({ taken }) => taken),
    duplicate: sum(({ duplicate }) => duplicate),
    refused: sum(({ refused }) => refused),
    voided: sum(({ voided }) => voided),
    ...(imported.get(null) ?? NOTHING),
  };
  return [all, ...batches.map((batch) => importRow(batch, imported.get(batch.batchId) ?? NOTHING))];
}

const NOTHING: Imported = { threads: 0, attributions: 0 };

function importRow(batch: ImportBatch, imported: Imported): ImportRowsDto {
  const { batchId, fileName, mappingName, actor, state, startedAt, finishedAt } = batch;
  const { rowsDone, taken, duplicate, refused, voided } = batch;
  return {
    by: 'batch',
    key: batchId,
    label: fileName,
    mapping: mappingName,
    actorName: actor.name,
    state,
    startedAt,
    seconds: finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000,
    cases: rowsDone,
    taken,
    duplicate,
    refused,
    voided,
    ...imported,
  };
}

export class AccessEntryDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time', example: '2023-09-11T10:30:00.000000Z' }) at!: string;
  @ApiProperty({ description: 'An event of the ledger, or what was done beside it.', example: 'ClaimRuled' })
  action!: string;
  @ApiProperty({
    description: 'The stream, key, import or projection.',
    example: 'thread-0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11',
  })
  subject!: string;
  @ApiProperty({ example: 'key:0197c9b4-3c1a-7d3e-9a51-6f0f3f3f2b11' }) actorId!: string;
  @ApiProperty({ example: 'Standards desk' }) actorName!: string;
  @ApiProperty({ ...NULL_TEXT, example: 'Seen with our own eyes.' }) reason!: string | null;
  @ApiProperty({ type: Object, description: 'Small facts, such as the role of a key.', example: { role: 'reader' } })
  detail!: Readonly<Record<string, unknown>>;
}

export class AccessPageDto extends pageDto(AccessEntryDto) {
  @ApiProperty(LEFT_OUT) leftOut!: string | null;
}

export function accessEntry({ id, at, action, subject, actor, detail }: AccessEntry): AccessEntryDto {
  const { reason, ...facts } = detail;
  const told = typeof reason === 'string' ? reason : null;
  return { id, at, action, subject, actorId: actor.id, actorName: actor.name, reason: told, detail: facts };
}

export function reportedAct(act: ReportedAct): AccessEntryDto {
  return { ...act, detail: {} };
}
