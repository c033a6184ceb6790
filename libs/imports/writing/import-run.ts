import pMap from 'p-map';
import type { DoneRow } from '../batches/import-batches.js';
import type { RowFault } from '../failure.js';
import { type MappedRow, mapRow } from '../mapping/map-row.js';
import type { Mapping, Table } from '../mapping/mapping.js';
import { fileParts, type ImportFile } from '../reading/file-parts.js';
import { type RawRow, readRows } from '../reading/rows.js';
import type { RowOutcome, RowWriter } from './row-writer.js';

export interface RunOptions {
  readonly file: ImportFile;
  readonly mapping: Mapping;
  readonly writer: RowWriter;
  /** Rows that an earlier run has done. */
  readonly rowsDone: number;
  /** Called for each window of rows in their order; the run goes on once it resolves. */
  readonly onDone: (rows: readonly DoneRow[], rowsDone: number) => Promise<void>;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the run after the window at work. */
  readonly signal?: AbortSignal | undefined;
}

export interface Progress {
  /** Bytes read of all that will be: the file once for each table. */
  readonly done: number;
  readonly total: number;
  readonly rows: number;
}

export interface RunResult {
  /** False: the signal came first. */
  readonly isWhole: boolean;
  /** Files of the archive that no table asks for. */
  readonly ignoredFiles: readonly string[];
}

interface PendingRow {
  readonly rowNumber: number;
  readonly file: string;
  readonly table: Table;
  readonly groups: Readonly<Record<string, string>>;
  readonly raw: RawRow;
}

/** What is done between two checkpoints. */
const WINDOW_ROWS = 1_000;
/** Threads written to at once; the rows of one thread are written in their order. */
const THREADS_AT_ONCE = 64;

/**
 * Reads a file by a mapping and writes its rows, a window at a time. The number of a row depends on the file and the
 * mapping alone, so that a run that was cut off goes on where it was.
 */
export async function runImport(options: RunOptions): Promise<RunResult> {
  const { file, mapping, writer, onDone, onProgress, signal } = options;
  const total = file.bytes * mapping.tables.length;
  let done = 0;
  let rowNumber = 0;
  let window: PendingRow[] = [];
  const asked = new Set<string>();
  const seen = new Set<string>();
  const flush = async () => {
    await onDone(await writeWindow(window, writer), rowNumber);
    window = [];
    onProgress?.({ done, total, rows: rowNumber });
  };
  for (const table of mapping.tables) {
    const pattern = table.files === undefined ? null : new RegExp(table.files, 'u');
    for await (const part of fileParts(file, { onRead: (bytes) => (done += bytes) })) {
      seen.add(part.name);
      const groups = groupsOf(pattern, part.name);
      if (groups === null) continue;
      asked.add(part.name);
      for await (const raw of readRows(part, table.format)) {
        rowNumber += 1;
        if (rowNumber <= options.rowsDone) continue;
        window.push({ rowNumber, file: part.name, table, groups, raw });
        if (window.length < WINDOW_ROWS) continue;
        await flush();
        if (signal?.aborted === true) return { isWhole: false, ignoredFiles: [] };
      }
    }
  }
  if (window.length > 0) await flush();
  return { isWhole: true, ignoredFiles: [...seen].filter((name) => !asked.has(name)) };
}

/** Null: the pattern does not ask for this file. */
function groupsOf(pattern: RegExp | null, name: string): Readonly<Record<string, string>> | null {
  if (pattern === null) return {};
  const match = pattern.exec(name);
  return match === null ? null : { ...match.groups };
}

async function writeWindow(window: readonly PendingRow[], writer: RowWriter): Promise<readonly DoneRow[]> {
  const done: DoneRow[] = [];
  const byThread = new Map<string, { readonly pending: PendingRow; readonly row: MappedRow }[]>();
  const settle = (pending: PendingRow, result: RowOutcome) => done.push(doneRow(pending, result));
  for (const pending of window) {
    const mapped = mapPending(pending);
    if ('faults' in mapped) settle(pending, { outcome: 'refused', faults: mapped.faults });
    else {
      const slug = mapped.row.thread?.slug ?? '';
      const rows = byThread.get(slug) ?? [];
      rows.push({ pending, row: mapped.row });
      byThread.set(slug, rows);
    }
  }
  await pMap(
    byThread.values(),
    async (rows) => {
      for (const { pending, row } of rows) settle(pending, await writer.write(row, pending.rowNumber));
    },
    { concurrency: THREADS_AT_ONCE },
  );
  return done.sort((a, b) => a.rowNumber - b.rowNumber);
}

function mapPending({ raw, table, groups }: PendingRow): { row: MappedRow } | { faults: readonly RowFault[] } {
  if ('fault' in raw) return { faults: [raw.fault] };
  return mapRow(table.row, new Map([...raw.cells, ...Object.entries(groups)]));
}

function doneRow({ rowNumber, file, raw }: PendingRow, result: RowOutcome): DoneRow {
  return { rowNumber, file, line: raw.line, result };
}
