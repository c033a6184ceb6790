import { Readable } from 'node:stream';
import type { Pool, PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '#event-store';
import type { Mapping } from '../mapping/mapping.js';
import { parseMapping } from '../mapping/mapping.js';
import type { RowOutcome } from '../writing/row-writer.js';
import type { BatchState, ImportBatch, ImportRow, RowOutcomeName } from './import-batch.js';

export interface NewBatch {
  readonly batchId: string;
  readonly mapping: Mapping;
  readonly fileName: string;
  readonly fileSha256: string;
  readonly fileBytes: number;
  readonly uploaded: boolean;
  readonly dryRun?: boolean;
  readonly actor: Actor;
}

export interface DoneRow {
  readonly rowNumber: number;
  readonly file: string;
  readonly line: number;
  readonly result: RowOutcome;
}

/** What there is to void of one row. */
export interface VoidableRow {
  readonly rowNumber: number;
  readonly threadId: string;
  readonly attributionId: string | null;
  readonly openedThread: boolean;
}

export interface RowFilter {
  /** All when left out. */
  readonly outcomes?: readonly RowOutcomeName[] | undefined;
  /** Exclusive. */
  readonly afterRow: number;
  readonly limit: number;
}

const BATCH_COLUMNS = `batch_id, mapping_name, mapping_version, file_name, file_sha256, file_bytes, uploaded, dry_run,
  actor_id, actor_name, state, problem, rows_done, taken, duplicate, refused, position, ignored_files, started_at, finished_at, void_reason,
  voided, voided_at`;
/** The first key of the advisory locks that keep a batch to one process. */
const BATCH_LOCK = 4_402_117;
const IGNORED_MOST = 100;

/** Import batches and their rows, in tables of the application's own. */
export class ImportBatches {
  constructor(private readonly pool: Pool) {}

  /** The batch, and the same one at a second try. */
  async create(batch: NewBatch): Promise<ImportBatch> {
    const { batchId, mapping, fileName, fileSha256, fileBytes, uploaded, actor } = batch;
    await this.pool.query(
      `INSERT INTO operations.import_batches (batch_id, mapping_name, mapping_version, mapping, file_name, file_sha256,
         file_bytes, uploaded, dry_run, actor_id, actor_name, state)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'running') ON CONFLICT DO NOTHING`,
      [
        batchId,
        mapping.name,
        mapping.version,
        JSON.stringify(mapping),
        fileName,
        fileSha256,
        fileBytes,
        uploaded,
        batch.dryRun ?? false,
        actor.id,
        actor.name,
      ],
    );
    const created = await this.find(batchId);
    if (created === null) throw new Error(`Import batch ${batchId} is neither new nor there.`);
    return created;
  }

  async find(batchId: string): Promise<ImportBatch | null> {
    const { rows } = await this.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM operations.import_batches WHERE batch_id = $1`,
      [batchId],
    );
    return rows[0] === undefined ? null : batchOf(rows[0]);
  }

  /** The newest first, after the cursor. */
  async list(limit: number, after: { startedAt: string; batchId: string } | null): Promise<readonly ImportBatch[]> {
    const { rows } = await this.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM operations.import_batches
       WHERE $2::timestamptz IS NULL OR (date_trunc('milliseconds', started_at), batch_id) < ($2::timestamptz, $3::uuid)
       ORDER BY date_trunc('milliseconds', started_at) DESC, batch_id DESC LIMIT $1`,
      [limit, after?.startedAt ?? null, after?.batchId ?? null],
    );
    return rows.map(batchOf);
  }

  /** Of UTC days, both included, the newest first; without dry runs, which leave nothing. `among`: null is all. */
  async startedWithin(
    { from, to }: { readonly from: string; readonly to: string },
    among: readonly string[] | null,
    limit: number,
  ): Promise<readonly ImportBatch[]> {
    const { rows } = await this.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM operations.import_batches
       WHERE NOT dry_run AND started_at >= ($1::date)::timestamp AT TIME ZONE 'UTC'
         AND started_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
         AND ($4::text[] IS NULL OR batch_id = ANY ($4::text[]::uuid[]))
       ORDER BY started_at DESC, batch_id DESC LIMIT $3`,
      [from, to, limit, among],
    );
    return rows.map(batchOf);
  }

  /** An import of just this file by just this mapping that was cut off. */
  async findUnfinished(fileSha256: string, mapping: Mapping): Promise<ImportBatch | null> {
    const { rows } = await this.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM operations.import_batches
       WHERE state = 'running' AND NOT uploaded AND file_sha256 = $1 AND mapping = $2
       ORDER BY started_at DESC LIMIT 1`,
      [fileSha256, JSON.stringify(mapping)],
    );
    return rows[0] === undefined ? null : batchOf(rows[0]);
  }

  /** Batches that a process of the API can go on with. */
  async waiting(): Promise<readonly ImportBatch[]> {
    const { rows } = await this.pool.query<BatchRow>(
      `SELECT ${BATCH_COLUMNS} FROM operations.import_batches
       WHERE state = 'voiding' OR (state = 'running' AND uploaded) ORDER BY started_at`,
    );
    return rows.map(batchOf);
  }

  async mappingOf(batchId: string): Promise<Mapping> {
    const { rows } = await this.pool.query<{ mapping: string }>(
      `SELECT mapping FROM operations.import_batches WHERE batch_id = $1`,
      [batchId],
    );
    return parseMapping(JSON.parse(rows[0]?.mapping ?? 'null'));
  }

  /** Null: another process is at work on this batch. The lock goes with its connection, so a crash frees it. */
  async lock(batchId: string): Promise<{ release(): Promise<void> } | null> {
    const client = await this.pool.connect();
    const key = [BATCH_LOCK, batchId];
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked`,
        key,
      );
      if (rows[0]?.locked === true) {
        const unlock = () => client.query(`SELECT pg_advisory_unlock($1, hashtext($2))`, key);
        return {
          release: () =>
            unlock().then(
              () => client.release(),
              () => client.release(true),
            ),
        };
      }
      client.release();
      return null;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Stores what became of a window of rows, and how far the import has come, together. */
  async record(batchId: string, rows: readonly DoneRow[], rowsDone: number): Promise<void> {
    const count = (outcome: RowOutcomeName) => rows.filter(({ result }) => result.outcome === outcome).length;
    await this.inTransaction(async (client) => {
      await client.query(INSERT_ROWS, [batchId, JSON.stringify(rows.map(storedRow))]);
      await client.query(
        `UPDATE operations.import_batches
         SET rows_done = $2, taken = taken + $3, duplicate = duplicate + $4, refused = refused + $5 WHERE batch_id = $1`,
        [batchId, rowsDone, count('taken'), count('duplicate'), count('refused')],
      );
    });
  }

  /** A dry run that was cut off begins anew: what it had in memory is gone. */
  async restartDryRun(batchId: string): Promise<void> {
    await this.inTransaction(async (client) => {
      await client.query(`DELETE FROM operations.import_rows WHERE batch_id = $1`, [batchId]);
      await client.query(
        `UPDATE operations.import_batches SET rows_done = 0, taken = 0, duplicate = 0, refused = 0 WHERE batch_id = $1`,
        [batchId],
      );
    });
  }

  async finish(batchId: string, ignoredFiles: readonly string[], position: bigint | null): Promise<void> {
    await this.end(batchId, { state: 'done', ignoredFiles: ignoredFiles.slice(0, IGNORED_MOST), position });
  }

  async fail(batchId: string, problem: string): Promise<void> {
    await this.end(batchId, { state: 'failed', problem });
  }

  /** False: the batch is not in a state to be voided. */
  async beginVoid(batchId: string, reason: string, actor: Actor): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `WITH begun AS (
         UPDATE operations.import_batches
         SET state = 'voiding', void_reason = $2, void_actor_id = $3, void_actor_name = $4
         WHERE batch_id = $1 AND NOT dry_run AND state IN ('done', 'failed', 'running') RETURNING *
       )
       INSERT INTO operations.access_log (id, actor_id, actor_name, action, subject, detail)
       SELECT $5, $3, $4, 'import.voided', 'import-' || batch_id, jsonb_build_object('reason', $2::text, 'file', file_name)
       FROM begun`,
      [batchId, reason, actor.id, actor.name, uuidv7()],
    );
    return rowCount === 1;
  }

  async voidActor(batchId: string): Promise<Actor> {
    const { rows } = await this.pool.query<Actor>(
      `SELECT void_actor_id AS id, void_actor_name AS name FROM operations.import_batches WHERE batch_id = $1`,
      [batchId],
    );
    if (rows[0] === undefined) throw new Error(`There is no import batch ${batchId}.`);
    return rows[0];
  }

  /** The next rows that left something and that nobody has tried to void. */
  async nextVoidable(batchId: string, limit: number): Promise<readonly VoidableRow[]> {
    const { rows } = await this.pool.query<VoidableRow & { rowNumber: string }>(
      `SELECT row_number AS "rowNumber", thread_id AS "threadId", attribution_id AS "attributionId",
              opened_thread AS "openedThread"
       FROM operations.import_rows
       WHERE batch_id = $1 AND outcome = 'taken' AND attribution_id IS NOT NULL AND void_outcome IS NULL
       ORDER BY row_number LIMIT $2`,
      [batchId, limit],
    );
    return rows.map((row) => ({ ...row, rowNumber: Number(row.rowNumber) }));
  }

  async openedThreads(batchId: string): Promise<readonly { rowNumber: number; threadId: string }[]> {
    const { rows } = await this.pool.query<{ rowNumber: string; threadId: string }>(
      `SELECT row_number AS "rowNumber", thread_id AS "threadId" FROM operations.import_rows
       WHERE batch_id = $1 AND opened_thread ORDER BY row_number`,
      [batchId],
    );
    return rows.map(({ rowNumber, threadId }) => ({ rowNumber: Number(rowNumber), threadId }));
  }

  /** `problem` null: voided. */
  async recordVoids(batchId: string, voids: readonly { rowNumber: number; problem: string | null }[]): Promise<void> {
    await this.inTransaction(async (client) => {
      await client.query(
        `UPDATE operations.import_rows AS r SET void_problem = v.problem,
           void_outcome = CASE WHEN v.problem IS NULL THEN 'voided' ELSE 'kept' END
         FROM jsonb_to_recordset($2) AS v(row_number bigint, problem text)
         WHERE r.batch_id = $1 AND r.row_number = v.row_number`,
        [batchId, JSON.stringify(voids.map(({ rowNumber, problem }) => ({ row_number: rowNumber, problem })))],
      );
      await client.query(`UPDATE operations.import_batches SET voided = voided + $2 WHERE batch_id = $1`, [
        batchId,
        voids.filter(({ problem }) => problem === null).length,
      ]);
    });
  }

  async finishVoid(batchId: string): Promise<void> {
    await this.inTransaction(async (client) => {
      await client.query(
        `UPDATE operations.import_batches SET state = 'voided', voided_at = now() WHERE batch_id = $1`,
        [batchId],
      );
      await client.query(`DELETE FROM operations.import_files WHERE batch_id = $1`, [batchId]);
    });
  }

  async rows(batchId: string, { outcomes, afterRow, limit }: RowFilter): Promise<readonly ImportRow[]> {
    const { rows } = await this.pool.query<ImportRowColumns>(
      `SELECT row_number, file, line, outcome, thread_id, claim_id, attribution_id, faults, void_outcome, void_problem
       FROM operations.import_rows
       WHERE batch_id = $1 AND row_number > $2 AND ($3::text[] IS NULL OR outcome = ANY ($3))
       ORDER BY row_number LIMIT $4`,
      [batchId, afterRow, outcomes ?? null, limit],
    );
    return rows.map(rowOf);
  }

  /** How often each reason refused a row, the most frequent first. A row counts once, by the first of its faults. */
  async refusals(batchId: string): Promise<readonly { field: string; code: string; count: number; example: string }[]> {
    const { rows } = await this.pool.query<{ field: string; code: string; count: string; example: string }>(
      `SELECT coalesce(faults->0->>'column', faults->0->>'field', 'row') AS field, faults->0->>'code' AS code,
              count(*) AS count,
              (array_agg((file || ':' || line || ' ' || (faults->0->>'reason')) ORDER BY row_number))[1] AS example
       FROM operations.import_rows WHERE batch_id = $1 AND outcome = 'refused'
       GROUP BY 1, 2, CASE WHEN faults->0->>'code' = 'refused_value' THEN faults->0->>'reason' END
       ORDER BY 3 DESC, 1, 2`,
      [batchId],
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  /** Keeps an upload; `chunk` counts from 0. */
  async storeChunk(batchId: string, chunk: number, bytes: Uint8Array): Promise<void> {
    await this.pool.query(`INSERT INTO operations.import_files (batch_id, chunk, bytes) VALUES ($1, $2, $3)`, [
      batchId,
      chunk,
      bytes,
    ]);
  }

  async dropFile(batchId: string): Promise<void> {
    await this.pool.query(`DELETE FROM operations.import_files WHERE batch_id = $1`, [batchId]);
  }

  readFile(batchId: string): Readable {
    const { pool } = this;
    async function* chunks() {
      for (let chunk = 0; ; chunk++) {
        const { rows } = await pool.query<{ bytes: Buffer }>(
          `SELECT bytes FROM operations.import_files WHERE batch_id = $1 AND chunk = $2`,
          [batchId, chunk],
        );
        if (rows[0] === undefined) return;
        yield rows[0].bytes;
      }
    }
    return Readable.from(chunks(), { objectMode: false });
  }

  private async end(batchId: string, { state, problem, ignoredFiles, position }: Ending): Promise<void> {
    await this.inTransaction(async (client) => {
      await client.query(
        `UPDATE operations.import_batches
         SET state = $2, problem = $3, ignored_files = $4, position = $5, finished_at = now()
         WHERE batch_id = $1 AND state = 'running'`,
        [batchId, state, problem ?? null, ignoredFiles ?? [], position?.toString() ?? null],
      );
      await client.query(`DELETE FROM operations.import_files WHERE batch_id = $1`, [batchId]);
    });
  }

  private async inTransaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await work(client);
      await client.query('COMMIT');
      client.release();
    } catch (error) {
      // Without its connection the transaction is gone, whatever state it is in.
      client.release(true);
      throw error;
    }
  }
}

interface Ending {
  readonly state: BatchState;
  readonly problem?: string;
  readonly ignoredFiles?: readonly string[];
  readonly position?: bigint | null;
}

const INSERT_ROWS = `
  INSERT INTO operations.import_rows (batch_id, row_number, file, line, outcome, thread_id, claim_id, attribution_id,
                                      opened_thread, faults)
  SELECT $1, row_number, file, line, outcome, thread_id, claim_id, attribution_id, opened_thread, faults
  FROM jsonb_to_recordset($2) AS r(row_number bigint, file text, line bigint, outcome text, thread_id uuid,
                                   claim_id uuid, attribution_id uuid, opened_thread boolean, faults jsonb)`;

function storedRow({ rowNumber, file, line, result }: DoneRow): object {
  const place = { row_number: rowNumber, file, line, outcome: result.outcome };
  switch (result.outcome) {
    case 'taken':
      return {
        ...place,
        thread_id: result.threadId,
        claim_id: result.claimId,
        attribution_id: result.attributionId,
        opened_thread: result.openedThread,
      };
    case 'duplicate':
      return { ...place, thread_id: result.threadId, opened_thread: false };
    case 'refused':
      return { ...place, faults: result.faults, opened_thread: false };
  }
}

interface BatchRow {
  readonly batch_id: string;
  readonly mapping_name: string;
  readonly mapping_version: number;
  readonly file_name: string;
  readonly file_sha256: string;
  readonly file_bytes: string;
  readonly uploaded: boolean;
  readonly dry_run: boolean;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly state: BatchState;
  readonly problem: string | null;
  readonly rows_done: string;
  readonly taken: string;
  readonly duplicate: string;
  readonly refused: string;
  readonly position: string | null;
  readonly ignored_files: readonly string[];
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly void_reason: string | null;
  readonly voided: string;
  readonly voided_at: Date | null;
}

interface ImportRowColumns {
  readonly row_number: string;
  readonly file: string;
  readonly line: string;
  readonly outcome: RowOutcomeName;
  readonly thread_id: string | null;
  readonly claim_id: string | null;
  readonly attribution_id: string | null;
  readonly faults: ImportRow['faults'] | null;
  readonly void_outcome: ImportRow['voidOutcome'];
  readonly void_problem: string | null;
}

function batchOf(row: BatchRow): ImportBatch {
  return {
    batchId: row.batch_id,
    mappingName: row.mapping_name,
    mappingVersion: row.mapping_version,
    fileName: row.file_name,
    fileSha256: row.file_sha256,
    fileBytes: Number(row.file_bytes),
    uploaded: row.uploaded,
    dryRun: row.dry_run,
    actor: { id: row.actor_id, name: row.actor_name },
    state: row.state,
    problem: row.problem,
    rowsDone: Number(row.rows_done),
    taken: Number(row.taken),
    duplicate: Number(row.duplicate),
    refused: Number(row.refused),
    position: row.position === null ? null : BigInt(row.position),
    ignoredFiles: row.ignored_files,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    voidReason: row.void_reason,
    voided: Number(row.voided),
    voidedAt: row.voided_at?.toISOString() ?? null,
  };
}

function rowOf(row: ImportRowColumns): ImportRow {
  return {
    rowNumber: Number(row.row_number),
    file: row.file,
    line: Number(row.line),
    outcome: row.outcome,
    threadId: row.thread_id,
    claimId: row.claim_id,
    attributionId: row.attribution_id,
    faults: row.faults ?? [],
    voidOutcome: row.void_outcome,
    voidProblem: row.void_problem,
  };
}
