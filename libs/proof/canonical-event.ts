import canonicalize from 'canonicalize';
import type { RawEvent } from '#event-store';

/* Stored contract: every hash of every ledger rests on it, see docs/adr/0016. A new format gets a new name. */
export const EVENT_FORMAT = 'storyledger-event/1';

/**
 * The bytes of an event that are hashed, as text: RFC 8785 JSON of what was stored, in the version in which it was
 * stored, so that no later upcaster changes a hash. Without its position, which differs between stores: the order of
 * the log is the order of the leaves.
 *
 * @throws Error of a value that JSON cannot hold, which only a store that was tampered with can give
 */
export function canonicalEvent(event: RawEvent): string {
  const { id, stream, revision, recordedAt, type, schemaVersion, data, context } = event;
  const { actor, correlationId, causationId, batchId } = context;
  const text = canonicalize({
    format: EVENT_FORMAT,
    id,
    stream,
    revision: revision.toString(),
    recordedAt,
    type,
    schemaVersion,
    data,
    actor: { id: actor.id, name: actor.name },
    correlationId,
    causationId,
    batchId,
  });
  if (text === undefined) throw new TypeError(`Event ${id} has no canonical form.`);
  return text;
}
