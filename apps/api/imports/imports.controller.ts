import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '#event-store';
import { type ImportBatch, ImportFailure, Imports, shippedMapping, UploadDiffers, UploadTooLarge } from '#imports';
import { Requires } from '../auth/access.js';
import { CurrentActor } from '../auth/current-actor.js';
import { CommandId } from '../idempotency/command-id.js';
import { problemResponse } from '../openapi/problem-responses.js';
import { type PageOf, pageOf } from '../paging/page.js';
import { PageQuery, pageRequest } from '../paging/page-query.js';
import { ApiError } from '../problems/api-error.js';
import { ImportLimit } from './import-limit.js';
import { ImportWorker } from './import-worker.js';
import {
  ImportDetailsDto,
  ImportDto,
  ImportPageDto,
  ImportPath,
  ImportQuery,
  type ImportRowDto,
  ImportRowPageDto,
  ImportRowQuery,
  importDto,
  importRowDto,
  VoidImportRequest,
} from './imports.dto.js';
import { UPLOAD_TYPES } from './upload-types.js';

/** An upload lies in the database until it is done; larger files are for `storyledger import`, which reads in place. */
const UPLOAD_BYTES = 64 * 1024 * 1024;

@ApiTags('Imports')
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly imports: Imports,
    private readonly worker: ImportWorker,
    private readonly limit: ImportLimit,
  ) {}

  @Post()
  @Requires('editor')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Import a file',
    description:
      'The file is the body, as it is or packed by gzip, or a tar archive of files. It is kept, answered, and then read row by row; GET the import to follow it. Importing a file twice adds nothing.',
  })
  @ApiConsumes(...UPLOAD_TYPES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiAcceptedResponse({ type: ImportDto })
  @ApiResponse({ status: 429, ...problemResponse('Too many imports are waiting, or too many requests came') })
  async create(
    @Query() { mapping, name, dryRun = false }: ImportQuery,
    @Req() { body }: FastifyRequest,
    @CurrentActor() actor: Actor,
    @CommandId() batchId: string,
  ): Promise<ImportDto> {
    if (!(body instanceof Readable)) {
      throw new ApiError('unsupported_media_type', `Send the file as the body, as ${UPLOAD_TYPES.join(', ')}.`);
    }
    const upload = { mapping: shippedMapping(mapping), name, content: body, mostBytes: UPLOAD_BYTES, dryRun };
    const batch = await this.limit.within(() =>
      this.imports.keepUpload({ ...upload, batchId, actor }).catch(refuseUpload),
    );
    this.worker.wake();
    return importDto(batch);
  }

  @Get()
  @Requires('reader')
  @ApiOperation({ summary: 'List imports, the newest first' })
  @ApiOkResponse({ type: ImportPageDto })
  async list(@Query() query: PageQuery): Promise<PageOf<ImportDto>> {
    const { limit, cursor } = pageRequest(query);
    const after = cursor === null ? null : { startedAt: cursor[0] ?? '', batchId: cursor[1] ?? '' };
    const batches = await this.imports.batches.list(limit + 1, after);
    const items = batches.slice(0, limit);
    const last = items.at(-1);
    const next = batches.length > limit && last !== undefined ? [last.startedAt, last.batchId] : null;
    return pageOf({ items, next }, importDto);
  }

  @Get(':batch')
  @Requires('reader')
  @ApiOperation({ summary: 'How far an import is, and why rows were refused' })
  @ApiOkResponse({ type: ImportDetailsDto })
  async get(@Param() { batch: batchId }: ImportPath): Promise<ImportDetailsDto> {
    const batch = await this.find(batchId);
    return { ...importDto(batch), refusals: [...(await this.imports.batches.refusals(batchId))] };
  }

  @Get(':batch/rows')
  @Requires('reader')
  @ApiOperation({ summary: 'What became of each row, in the order of the file' })
  @ApiOkResponse({ type: ImportRowPageDto })
  async rows(@Param() { batch: batchId }: ImportPath, @Query() query: ImportRowQuery): Promise<PageOf<ImportRowDto>> {
    await this.find(batchId);
    const { limit, cursor } = pageRequest(query);
    const afterRow = Number(cursor?.[0] ?? 0);
    const rows = await this.imports.batches.rows(batchId, { outcomes: query.outcome, afterRow, limit: limit + 1 });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? [String(last.rowNumber)] : null;
    return pageOf({ items, next }, importRowDto);
  }

  @Post(':batch/void')
  @Requires('editor')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Void every attribution of an import',
    description: 'Threads that the import opened and in which nothing counts any more are closed.',
  })
  @ApiAcceptedResponse({ type: ImportDto })
  async void(
    @Param() { batch: batchId }: ImportPath,
    @Body() { reason }: VoidImportRequest,
    @CurrentActor() actor: Actor,
  ): Promise<ImportDto> {
    const { dryRun, state } = await this.find(batchId);
    if (dryRun) throw new ApiError('import_not_voidable', `Import ${batchId} was a dry run: there is nothing to void.`);
    if (state === 'voiding' || state === 'voided') return importDto(await this.find(batchId));
    if (!(await this.imports.requestVoid(batchId, reason, actor))) {
      throw new ApiError('import_not_voidable', `Import ${batchId} is under way. Void it once it is done.`);
    }
    this.worker.wake();
    return importDto(await this.find(batchId));
  }

  private async find(batchId: string): Promise<ImportBatch> {
    const batch = await this.imports.batches.find(batchId);
    if (batch !== null) return batch;
    throw new ApiError('import_not_found', `No import has the id ${batchId}. GET /v1/imports lists them.`);
  }
}

function refuseUpload(error: unknown): never {
  if (error instanceof UploadTooLarge) throw new ApiError('payload_too_large', error.message);
  if (error instanceof UploadDiffers) throw new ApiError('idempotency_key_reused', error.message);
  if (error instanceof ImportFailure) {
    throw new ApiError('invalid_request', error.message, {
      errors: [{ pointer: '', code: 'file', detail: error.message }],
    });
  }
  throw error;
}
