import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';
import type { Pool } from 'pg';
import { type CommandContext, derivedId, isId, type NameRegistry, type Sources, type Threads } from '#application';
import { type Instant, Refusal } from '#domain';
import type { Actor, EventStore } from '#event-store';
import type { ImportBatch } from './batches/import-batch.js';
import { type DoneRow, ImportBatches, type VoidableRow } from './batches/import-batches.js';
import { ImportFailure, UploadDiffers, UploadTooLarge } from './failure.js';
import type { Mapping } from './mapping/mapping.js';
import type { ImportFile } from './reading/file-parts.js';
import { forgetfulLedger } from './writing/forgetful-ledger.js';
import { type Progress, runImport } from './writing/import-run.js';
import { RowWriter } from './writing/row-writer.js';

export interface ImportParts {
  readonly pool: Pool;
  readonly store: EventStore;
  readonly names: NameRegistry;
  readonly threads: Threads;
  readonly sources: Sources;
  readonly newId: () => string;
  readonly now: () => Instant;
}

export interface RunControl {
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the work at the next checkpoint. */
  readonly signal?: AbortSignal;
}

export interface DryRun {
  readonly rows: readonly DoneRow[];
  readonly ignoredFiles: readonly string[];
}

export interface Upload {
  readonly batchId: string;
  readonly mapping: Mapping;
  readonly name: string;
  readonly content: Readable;
  readonly mostBytes: number;
  readonly dryRun: boolean;
  readonly actor: Actor;
}

const VOIDS_AT_ONCE = 64;
const VOID_WINDOW = 1_000;

/** Brings files into the ledger, row by row, and takes whole batches back. */
export class Imports {
  readonly batches: ImportBatches;

  constructor(private readonly parts: ImportParts) {
    this.batches = new ImportBatches(parts.pool);
  }

  /**
   * Imports a file that the caller has, or goes on with an import of the same file by the same mapping that was cut
   * off. The batch's state is still `running` when the signal came first.
   *
   * @throws ImportFailure when the file cannot be read
   */
  async importFile(file: ImportFile, mapping: Mapping, actor: Actor, control: RunControl = {}): Promise<ImportBatch> {
    const fileSha256 = await sha256Of(file);
    const batch =
      (await this.batches.findUnfinished(fileSha256, mapping)) ??
      (await this.batches.create({
        batchId: this.parts.newId(),
        mapping,
        fileName: file.name,
        fileSha256,
        fileBytes: file.bytes,
        uploaded: false,
        actor,
      }));
    await this.exclusively(batch.batchId, () => this.run(batch.batchId, file, control));
    return this.get(batch.batchId);
  }

  /** What `importFile` would do, row by row. Nothing is stored; what would be is held in memory meanwhile. */
  async dryRun(file: ImportFile, mapping: Mapping, actor: Actor, control: RunControl = {}): Promise<DryRun> {
    const { store, names, now } = this.parts;
    const writer = new RowWriter({ ...forgetfulLedger(store, names), batchId: this.parts.newId(), actor, now });
    const rows: DoneRow[] = [];
    const onDone = async (done: readonly DoneRow[]) => {
      rows.push(...done);
    };
    const { ignoredFiles } = await runImport({ file, mapping, writer, rowsDone: 0, onDone, ...control });
    return { rows, ignoredFiles };
  }

  /**
   * Keeps a file that comes over the network until a process goes on with it by `resume`. Under the same id, a second
   * try takes the place of a first one that was cut off, and finds one that was not.
   *
   * @throws ImportFailure when the file is empty or too large, or not the one that came under this id before
   */
  async keepUpload(upload: Upload): Promise<ImportBatch> {
    const { batchId, mapping, name, content, mostBytes, dryRun, actor } = upload;
    const known = await this.batches.find(batchId);
    if (known === null) await this.batches.dropFile(batchId);
    const hash = createHash('sha256');
    let bytes = 0;
    let chunk = 0;
    try {
      for await (const piece of content as AsyncIterable<Uint8Array>) {
        bytes += piece.length;
        if (bytes > mostBytes) throw new UploadTooLarge(mostBytes);
        hash.update(piece);
        if (known === null) await this.batches.storeChunk(batchId, chunk++, piece);
      }
      const fileSha256 = hash.digest('hex');
      if (bytes === 0) throw new ImportFailure('The body is empty. Send the file as the body.');
      if (known !== null && known.fileSha256 !== fileSha256) throw new UploadDiffers(batchId);
      if (known !== null) return known;
      const file = { fileName: name, fileSha256, fileBytes: bytes };
      return await this.batches.create({ batchId, mapping, ...file, uploaded: true, dryRun, actor });
    } catch (error) {
      if (known === null) await this.batches.dropFile(batchId);
      throw error;
    }
  }

  /** Goes on with a batch whose file was uploaded, or with its voiding. False: another process does. */
  async resume(batch: ImportBatch, control: RunControl = {}): Promise<boolean> {
    const { batchId, fileName, fileBytes } = batch;
    const held = await this.batches.lock(batchId);
    if (held === null) return false;
    try {
      const { state } = await this.get(batchId);
      const file = { name: fileName, bytes: fileBytes, read: () => this.batches.readFile(batchId) };
      if (state === 'running') await this.run(batchId, file, control);
      if (state === 'voiding') await this.void(batchId, control);
      return true;
    } finally {
      await held.release();
    }
  }

  /**
   * Voids every attribution of a batch, and closes the threads that it opened and in which nothing counts then. Done
   * again after a crash, it goes on.
   *
   * @throws ImportFailure when the batch is unknown, voided already, or at work elsewhere
   */
  async voidBatch(batchId: string, reason: string, actor: Actor, control: RunControl = {}): Promise<ImportBatch> {
    const batch = isId(batchId) ? await this.batches.find(batchId) : null;
    if (batch === null) throw new ImportFailure(`There is no import batch ${batchId}. List them to see their ids.`);
    if (batch.dryRun) throw new ImportFailure(`Batch ${batchId} was a dry run: there is nothing to void.`);
    if (batch.state === 'voided') throw new ImportFailure(`Batch ${batchId} was voided at ${batch.voidedAt}.`);
    await this.exclusively(batchId, async () => {
      await this.batches.beginVoid(batchId, reason, actor);
      await this.void(batchId, control);
    });
    return this.get(batchId);
  }

  /** Marks a batch to be voided by `resume`. False: a process is at work on it. */
  async requestVoid(batchId: string, reason: string, actor: Actor): Promise<boolean> {
    const held = await this.batches.lock(batchId);
    if (held === null) return false;
    try {
      await this.batches.beginVoid(batchId, reason, actor);
      return true;
    } finally {
      await held.release();
    }
  }

  private async run(batchId: string, file: ImportFile, control: RunControl): Promise<void> {
    const { store, threads, sources, names, now } = this.parts;
    const { dryRun, rowsDone, actor } = await this.get(batchId);
    if (dryRun) await this.batches.restartDryRun(batchId);
    const writer = new RowWriter({
      ...(dryRun ? forgetfulLedger(store, names) : { threads, sources }),
      batchId,
      actor,
      now,
    });
    try {
      const { isWhole, ignoredFiles } = await runImport({
        file,
        mapping: await this.batches.mappingOf(batchId),
        writer,
        rowsDone: dryRun ? 0 : rowsDone,
        onDone: (rows, done) => this.batches.record(batchId, rows, done),
        ...control,
      });
      if (isWhole) await this.batches.finish(batchId, ignoredFiles, dryRun ? null : await store.head());
    } catch (error) {
      if (error instanceof ImportFailure) await this.batches.fail(batchId, error.message);
      throw error;
    }
  }

  private async void(batchId: string, { onProgress, signal }: RunControl): Promise<void> {
    const { taken, voidReason, voided } = await this.get(batchId);
    const actor = await this.batches.voidActor(batchId);
    const contextOf = (label: string): CommandContext => ({
      commandId: derivedId(batchId, label),
      actor,
      correlationId: batchId,
      batchId,
      now: this.parts.now(),
    });
    const reason = voidReason ?? '';
    for (let done = voided; ; ) {
      const rows = await this.batches.nextVoidable(batchId, VOID_WINDOW);
      if (rows.length === 0) break;
      const voids = await pMap(
        rows,
        async (row) => ({
          rowNumber: row.rowNumber,
          problem: await this.voidRow(row, reason, contextOf(`void/${row.rowNumber}`)),
        }),
        { concurrency: VOIDS_AT_ONCE },
      );
      await this.batches.recordVoids(batchId, voids);
      done += rows.length;
      onProgress?.({ done, total: taken, rows: done });
      if (signal?.aborted === true) return;
    }
    await pMap(
      await this.batches.openedThreads(batchId),
      ({ rowNumber, threadId }) => this.closeEmptied(threadId, reason, contextOf(`close/${rowNumber}`)),
      { concurrency: VOIDS_AT_ONCE },
    );
    await this.batches.finishVoid(batchId);
  }

  /** Null, or why the attribution stays. */
  private async voidRow(row: VoidableRow, reason: string, context: CommandContext): Promise<string | null> {
    try {
      await this.parts.threads.void(row.threadId, row.attributionId ?? '', reason, context);
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }

  private async closeEmptied(threadId: string, reason: string, context: CommandContext): Promise<void> {
    const current = await this.parts.threads.current(threadId);
    const isEmpty = current?.lifecycle === 'active' && current.assessment.status === 'open';
    if (isEmpty) await this.parts.threads.close(threadId, reason, context);
  }

  private async exclusively(batchId: string, work: () => Promise<void>): Promise<void> {
    const held = await this.batches.lock(batchId);
    if (held === null) throw new ImportFailure(`Another process is at work on batch ${batchId}. Wait for it.`);
    try {
      await work();
    } finally {
      await held.release();
    }
  }

  private async get(batchId: string): Promise<ImportBatch> {
    const batch = await this.batches.find(batchId);
    if (batch === null) throw new ImportFailure(`There is no import batch ${batchId}.`);
    return batch;
  }
}

/** @throws ImportFailure when there is no such file */
export async function fileOnDisk(path: string): Promise<ImportFile> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new ImportFailure(`There is no file ${path}.`);
  if (!found.isFile())
    throw new ImportFailure(`${path} is no file. To import a folder, pack it: tar czf set.tar.gz ${path}`);
  return { name: path, bytes: found.size, read: () => createReadStream(path) };
}

async function sha256Of(file: ImportFile): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(file.read(), hash);
  return hash.digest('hex');
}
