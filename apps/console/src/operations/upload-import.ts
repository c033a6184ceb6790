import { answer, api } from '../api/client.js';
import type { ImportBatch, ImportMapping } from '../api/types.js';

/** Keyed, so that a mapping that the API adds or drops stops this from compiling. */
const SHIPPED: Readonly<Record<ImportMapping, true>> = { 'attributions-table': true, 'covid19-rumor-news': true };
export const MAPPINGS = Object.keys(SHIPPED) as [ImportMapping, ...ImportMapping[]];

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  jsonl: 'application/jsonl',
  ndjson: 'application/x-ndjson',
  gz: 'application/gzip',
  tgz: 'application/gzip',
  tar: 'application/x-tar',
};

/** By the ending of the name; null: it says nothing. */
export function typeOf(fileName: string): string | null {
  return TYPES[fileName.split('.').at(-1)?.toLowerCase() ?? ''] ?? null;
}

interface Upload {
  readonly file: File;
  readonly mapping: ImportMapping;
  readonly dryRun: boolean;
}

/** Sends the file as it is; the API keeps it and reads it row by row. */
export function uploadImport({ file, mapping, dryRun }: Upload): Promise<ImportBatch> {
  return answer(
    api.POST('/v1/imports', {
      params: { query: { mapping, name: file.name, dryRun } },
      body: file as unknown as string,
      bodySerializer: (body) => body as unknown as File,
      headers: { 'content-type': typeOf(file.name) ?? 'application/octet-stream' },
    }),
  );
}
