import type { ThreadCommand, ThreadEvent, ThreadId, ThreadState } from '#domain';
import type { StreamWriter } from './stream-writer.js';

export const THREAD_STREAM_PREFIX = 'thread-';

export type ThreadWriter = StreamWriter<ThreadState, ThreadCommand, ThreadEvent>;

export function streamOf(threadId: ThreadId): string {
  return `${THREAD_STREAM_PREFIX}${threadId}`;
}
