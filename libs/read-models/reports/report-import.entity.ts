import { EntitySchema } from 'typeorm';
import type { ThreadId } from '#domain';
import { count, text, uuid } from '../projection/columns.js';

/** What an import brought into one thread, also if it was taken back since. */
export interface ReportImportRow {
  readonly batch_id: string;
  readonly thread_id: ThreadId;
  readonly attributions: number;
}

export const ReportImportEntity = new EntitySchema<ReportImportRow>({
  name: 'ReportImport',
  schema: 'read_models',
  tableName: 'report_import',
  columns: {
    batch_id: text('batch_id', { primary: true }),
    thread_id: uuid('thread_id', { primary: true }),
    attributions: count('attributions'),
  },
});
