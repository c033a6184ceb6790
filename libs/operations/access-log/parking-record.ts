import type { Access, AccessLog } from './access-log.js';

/** What an administrator decided about an event that a read model could not apply. */
export interface ParkingDecision {
  readonly by: Access['actor'];
  readonly action: 'parked_event.retried' | 'parked_event.dropped';
  readonly event: { readonly projection: string; readonly eventId: string; readonly stream: string };
  /** Of a drop. */
  readonly reason?: string;
}

/** Notes each decision under the stream that it is about. */
export function parkingRecord(log: AccessLog): (decision: ParkingDecision) => Promise<void> {
  return ({ by, action, event: { projection, eventId, stream }, reason }) =>
    log.record({
      actor: by,
      action,
      subject: stream,
      detail: { projection, eventId, ...(reason !== undefined && { reason }) },
    });
}

/** Notes who asked for a read model to be computed anew. */
export function rebuildRecord(
  log: AccessLog,
): (request: { readonly by: Access['actor']; readonly projection: string }) => Promise<void> {
  return ({ by, projection }) =>
    log.record({ actor: by, action: 'rebuild.started', subject: `projection-${projection}` });
}
