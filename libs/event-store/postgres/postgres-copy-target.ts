import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, QueryConfig } from 'pg';
import type { EventStore, RawEvent } from '../event-store.js';
import { LedgerCopyTarget } from '../ledger-copy.js';
import { isConnectionLoss } from './connection-loss.js';

const ANSWER_MS = 60_000;
const TRIES = 5;

/** Connected as the owner of the ledger, who alone may set the times of events. */
export class PostgresCopyTarget extends LedgerCopyTarget {
  constructor(
    readonly store: EventStore,
    private readonly ownerPool: Pool,
  ) {
    super();
  }

  async write(events: readonly RawEvent[]): Promise<void> {
    const batch = JSON.stringify(events.map(fieldsOf));
    for (let tries = 1; ; tries++) {
      try {
        await this.ownerPool.query({
          text: 'SELECT ledger.copy_events($1::json)',
          values: [batch],
          query_timeout: ANSWER_MS,
        } as QueryConfig);
        return;
      } catch (error) {
        if (!isConnectionLoss(error) || tries === TRIES) throw error;
        await delay(200 * 2 ** tries);
      }
    }
  }
}

function fieldsOf(
  { id, stream, revision, type, schemaVersion, data, context, recordedAt }: RawEvent,
  place: number,
): object {
  const { actor, correlationId, causationId, batchId } = context;
  return {
    n: place,
    i: id,
    s: stream,
    x: revision.toString(),
    t: type,
    v: schemaVersion,
    d: data,
    ai: actor.id,
    an: actor.name,
    co: correlationId,
    ca: causationId,
    ba: batchId,
    at: recordedAt,
  };
}
