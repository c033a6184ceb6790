import { pipeline, type Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import split from 'split2';
import { ImportFailure, type RowFault, shown } from '../failure.js';
import type { Cell, Cells } from '../mapping/evaluate.js';
import type { Table } from '../mapping/mapping.js';
import type { FilePart } from './file-parts.js';

/** One row of a file, by name of column, or why it cannot be read. `line` is its last line, from 1. */
export type RawRow =
  | { readonly line: number; readonly cells: Cells }
  | { readonly line: number; readonly fault: RowFault };

type CsvFormat = Extract<Table['format'], { type: 'csv' }>;

/** Far above any row of words, far below memory. */
const ROW_BYTES = 1024 * 1024;

/** Rows of a CSV, TSV or JSON Lines text in UTF-8, with or without a byte order mark. */
export function readRows({ name, content }: FilePart, format: Table['format']): AsyncGenerator<RawRow> {
  const isJson = format.type === 'jsonl' || (format.type === 'by-name' && /\.(?:jsonl|ndjson)$/i.test(name));
  if (isJson) return readJsonLines(content);
  if (format.type === 'csv') return readCsv(content, format);
  return readCsv(content, { type: 'csv', delimiter: /\.tsv$/i.test(name) ? '\t' : ',', header: 'named' });
}

async function* readCsv(content: Readable, { delimiter, header, columns }: CsvFormat): AsyncGenerator<RawRow> {
  const unread: RawRow[] = [];
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: ROW_BYTES,
    on_skip: (error: CsvError | undefined) => {
      unread.push({ line: Number(error?.['lines'] ?? 0), fault: malformed(error?.message ?? 'Cannot be read.') });
      return undefined;
    },
  });
  pipeline(content, parser, () => undefined);
  let names = columns ?? null;
  let isFirst = header !== 'none';
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (isFirst) {
      isFirst = false;
      names ??= record.map((name) => name.trim());
      continue;
    }
    yield named(record, names ?? [], info.lines);
  }
  // Behind the others, so that the order of rows does not rest on how far the parser was ahead.
  yield* unread;
}

function named(record: readonly string[], names: readonly string[], line: number): RawRow {
  if (record.slice(names.length).some((cell) => cell.trim() !== '')) {
    const reason = `Has ${record.length} columns where ${names.length} are known. Quote what holds the delimiter.`;
    return { line, fault: { field: null, column: null, code: 'columns', reason } };
  }
  return { line, cells: new Map(names.map((name, index) => [name, record[index] ?? null])) };
}

async function* readJsonLines(content: Readable): AsyncGenerator<RawRow> {
  const lines = split({ maxLength: ROW_BYTES });
  pipeline(content, lines, () => undefined);
  let line = 0;
  try {
    for await (const text of lines as AsyncIterable<string>) {
      line += 1;
      const bare = line === 1 ? text.replace(/^\uFEFF/, '') : text;
      if (bare.trim() !== '') yield readObject(bare, line);
    }
  } catch (error) {
    if (!(error instanceof Error && error.message === 'maximum buffer reached')) throw error;
    throw new ImportFailure(`Line ${line + 1} is longer than ${ROW_BYTES} bytes. Is this a JSON Lines file?`);
  }
}

function readObject(text: string, line: number): RawRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line, fault: malformed(`Is not JSON: ${error instanceof Error ? error.message : ''}`) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, fault: malformed('Must be a JSON object: {"column": "value"}.') };
  }
  const cells = new Map<string, Cell>();
  for (const [column, item] of Object.entries(value)) {
    const cell = cellOf(item);
    if (cell === undefined) {
      const reason = 'Must be text, a number, true, false, null or a list of texts.';
      return { line, fault: { field: null, column, code: 'type', reason } };
    }
    cells.set(column, cell);
  }
  return { line, cells };
}

function cellOf(value: unknown): Cell | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return undefined;
}

function malformed(reason: string): RowFault {
  return { field: null, column: null, code: 'malformed', reason: shown(reason, 200) };
}
