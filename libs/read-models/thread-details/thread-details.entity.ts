import { EntitySchema } from 'typeorm';
import type { Instant, ThreadId } from '#domain';
import type { Position } from '#event-store';
import { instantAt, position, text, texts, uuid } from '../projection/columns.js';

/** One row for each time that a thread got its details: what it was called, and where it stood, from there on. */
export interface ThreadDetailsRow {
  readonly threadId: ThreadId;
  /** Of the event that gave them. */
  readonly position: Position;
  readonly slug: string;
  readonly headline: string;
  readonly desk: string;
  readonly topics: readonly string[];
  readonly recordedAt: Instant;
}

export const ThreadDetailsEntity = new EntitySchema<ThreadDetailsRow>({
  name: 'ThreadDetails',
  schema: 'read_models',
  tableName: 'thread_details',
  columns: {
    threadId: uuid('thread_id', { primary: true }),
    position: position('position', { primary: true }),
    slug: text('slug'),
    headline: text('headline'),
    desk: text('desk'),
    topics: texts('topics'),
    recordedAt: instantAt('recorded_at'),
  },
});
