import { ApiProperty } from '@nestjs/swagger';
import { REASON } from '#fields';
import {
  BATCH_STATES,
  type BatchState,
  type ImportBatch,
  type ImportRow,
  ROW_OUTCOMES,
  type RowFault,
  type RowOutcomeName,
  SHIPPED_MAPPINGS,
} from '#imports';
import { pageDto } from '../paging/page.js';
import { PageQuery } from '../paging/page-query.js';
import { ChoicesParameter, FlagParameter } from '../validation/parameter.fields.js';
import { Identifier, Text } from '../validation/text.fields.js';
import { Choice } from '../validation/value.fields.js';

export class ImportQuery {
  @Choice(
    SHIPPED_MAPPINGS.map(({ name }) => name),
    { description: 'How the rows of the file are read.', example: 'attributions-table' },
  )
  mapping!: string;

  @Text({
    max: 200,
    pattern: /^[^/\\]+$/,
    form: 'Must be a file name without a folder.',
    description: 'The name of the file; its ending says how a table is written: .csv, .tsv, .jsonl or .ndjson.',
    example: 'desk-notes.csv',
  })
  name!: string;

  @FlagParameter({ optional: true, description: 'Say what the import would do, row by row, and store nothing of it.' })
  dryRun?: boolean;
}

export class ImportPath {
  @Identifier({ description: 'The id of the import batch.' })
  batch!: string;
}

export class ImportRowQuery extends PageQuery {
  @ChoicesParameter(ROW_OUTCOMES, { optional: true, enumName: 'RowOutcome' })
  outcome?: RowOutcomeName[];
}

export class VoidImportRequest {
  @Text({ ...REASON, description: 'Why: it stands in the record for good.', example: 'The wrong file was sent.' })
  reason!: string;
}

export class RefusalCountDto {
  @ApiProperty({ description: 'The column at fault; the field where no column is.', example: 'stance' })
  field!: string;

  @ApiProperty({ example: 'unknown_value' })
  code!: string;

  @ApiProperty({ example: 12 })
  count!: number;

  @ApiProperty({ example: 'desk-notes.csv:7 "maybe" is not a value that the mapping knows (report, confirm ...).' })
  example!: string;
}

export class ImportDto {
  @ApiProperty({ format: 'uuid' })
  batchId!: string;

  @ApiProperty({ enum: BATCH_STATES, enumName: 'ImportState', example: 'done' })
  state!: BatchState;

  @ApiProperty({ example: 'attributions-table' })
  mapping!: string;

  @ApiProperty({ example: 1 })
  mappingVersion!: number;

  @ApiProperty({ example: 'desk-notes.csv' })
  fileName!: string;

  @ApiProperty({ description: 'SHA-256 of the file, in hexadecimal.' })
  fileSha256!: string;

  @ApiProperty({ example: 48_211 })
  fileBytes!: number;

  @ApiProperty({ description: 'True: the rows say what an import would do, and the ledger has nothing of them.' })
  dryRun!: boolean;

  @ApiProperty({ description: 'Who started it.', example: 'Wire ingester' })
  actor!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.' })
  problem!: string | null;

  @ApiProperty({ description: 'Rows that have an outcome.', example: 120 })
  rowsDone!: number;

  @ApiProperty({ example: 100 })
  taken!: number;

  @ApiProperty({ description: 'Rows that the ledger had already.', example: 8 })
  duplicate!: number;

  @ApiProperty({ example: 12 })
  refused!: number;

  @ApiProperty({ type: [String], description: 'Files of an archive that the mapping does not ask for; the first 100.' })
  ignoredFiles!: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Once it is done: read with `?after=` this position to see all of it.',
    example: '4711',
  })
  position!: string | null;

  @ApiProperty({ format: 'date-time' })
  startedAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: string | null;

  @ApiProperty({ type: String, nullable: true })
  voidReason!: string | null;

  @ApiProperty({ description: 'Attributions taken back as our own slip.', example: 0 })
  voided!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  voidedAt!: string | null;
}

export class ImportDetailsDto extends ImportDto {
  @ApiProperty({ type: [RefusalCountDto], description: 'How often each reason refused a row.' })
  refusals!: RefusalCountDto[];
}

export class ImportPageDto extends pageDto(ImportDto) {}

export class RowFaultDto {
  @ApiProperty({ type: String, nullable: true, example: 'attribution.stance' })
  field!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'stance' })
  column!: string | null;

  @ApiProperty({ example: 'unknown_value' })
  code!: string;

  @ApiProperty({ example: '"maybe" is not a value that the mapping knows (report, confirm ...).' })
  reason!: string;
}

export class ImportRowDto {
  @ApiProperty({ description: 'In the order of reading, from 1.', example: 7 })
  row!: number;

  @ApiProperty({ example: 'desk-notes.csv' })
  file!: string;

  @ApiProperty({ description: 'From 1.', example: 8 })
  line!: number;

  @ApiProperty({ enum: ROW_OUTCOMES, enumName: 'RowOutcome', example: 'refused' })
  outcome!: RowOutcomeName;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  threadId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  claimId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  attributionId!: string | null;

  @ApiProperty({ type: [RowFaultDto] })
  faults!: RowFault[];

  @ApiProperty({ enum: ['voided', 'kept'], nullable: true, description: 'Of a batch that was voided.' })
  voidOutcome!: 'voided' | 'kept' | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was kept.' })
  voidProblem!: string | null;
}

export class ImportRowPageDto extends pageDto(ImportRowDto) {}

export function importDto(batch: ImportBatch): ImportDto {
  const { mappingName, actor, position, ignoredFiles, ...rest } = batch;
  const { batchId, state, mappingVersion, fileName, fileSha256, fileBytes, dryRun, problem } = rest;
  const { rowsDone, taken, duplicate, refused, startedAt, finishedAt, voidReason, voided, voidedAt } = rest;
  return {
    batchId,
    state,
    mapping: mappingName,
    mappingVersion,
    fileName,
    fileSha256,
    fileBytes,
    dryRun,
    actor: actor.name,
    problem,
    rowsDone,
    taken,
    duplicate,
    refused,
    ignoredFiles: [...ignoredFiles],
    position: position?.toString() ?? null,
    startedAt,
    finishedAt,
    voidReason,
    voided,
    voidedAt,
  };
}

export function importRowDto({ rowNumber, faults, ...row }: ImportRow): ImportRowDto {
  const { file, line, outcome, threadId, claimId, attributionId, voidOutcome, voidProblem } = row;
  const what = { threadId, claimId, attributionId, faults: [...faults], voidOutcome, voidProblem };
  return { row: rowNumber, file, line, outcome, ...what };
}
