import { EntitySchema } from 'typeorm';
import type { Instant, ThreadId } from '#domain';
import { instantAt, uuid } from '../projection/columns.js';

/** One row for each moment at which a thread changed: by them the board is put in the order of any time. */
export interface ThreadChangeRow {
  readonly threadId: ThreadId;
  readonly recordedAt: Instant;
}

export const ThreadChangeEntity = new EntitySchema<ThreadChangeRow>({
  name: 'ThreadChange',
  schema: 'read_models',
  tableName: 'thread_change',
  columns: {
    threadId: uuid('thread_id', { primary: true }),
    recordedAt: instantAt('recorded_at', { primary: true }),
  },
});
