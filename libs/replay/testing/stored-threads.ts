import type { Recorded, ThreadEvent } from '#domain';
import type { ThreadStoredEvent } from '#read-models';

/** As the store would give it out. */
export function stored({ event, revision, recordedAt }: Recorded<ThreadEvent>): ThreadStoredEvent {
  return {
    id: `event-${revision}`,
    event,
    stream: 'thread-thread',
    revision,
    position: revision,
    recordedAt,
    schemaVersion: 1,
    context: {
      actor: { id: 'key:test', name: 'Test desk' },
      correlationId: 'test',
      causationId: null,
      batchId: null,
    },
  };
}
