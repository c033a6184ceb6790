import type { EventCodec } from './codec.js';
import type { NewEvent } from './event-store.js';

/** An event as it is stored, known to be what every store can hold: a ledger may be copied from one into another. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  /** JSON. */
  readonly data: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly batchId: string | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** JSON.stringify writes a NUL and half a surrogate pair as escapes; an even row of backslashes before is text. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * @throws UnknownEventType, CorruptEvent
 * @throws TypeError of a value that JSON cannot hold, RangeError of an id or text that PostgreSQL cannot hold
 */
export function eventRow(codec: EventCodec, { id, event, context }: NewEvent): EventRow {
  const { type, schemaVersion, data } = codec.encode(event);
  const { actor, correlationId, causationId, batchId } = context;
  const row = {
    id,
    type,
    schemaVersion,
    data: stringify(data),
    actorId: actor.id,
    actorName: actor.name,
    correlationId,
    causationId,
    batchId,
  };
  if (!UUID.test(id)) throw new RangeError(`Event id "${id}" is no UUID.`);
  if (hasUnstorableText(row.data) || !isStorableContext(row)) {
    throw new RangeError(`Event ${id} holds a NUL or half a surrogate pair, which cannot be stored. Remove it.`);
  }
  return row;
}

/** Of text as JSON.stringify writes it. */
export function hasUnstorableText(json: string): boolean {
  return json.includes('\\u') && UNSTORABLE.test(json);
}

function isStorableContext({ actorId, actorName, correlationId, causationId, batchId }: EventRow): boolean {
  return (
    isStorable(actorId) &&
    isStorable(actorName) &&
    isStorable(correlationId) &&
    (causationId === null || isStorable(causationId)) &&
    (batchId === null || isStorable(batchId))
  );
}

/** PostgreSQL holds no NUL; half a surrogate pair is no character and would be replaced. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function stringify(data: unknown): string {
  try {
    return JSON.stringify(data);
  } catch {
    // Only now by a replacer, which finds the culprit but makes every event several times as dear.
    return JSON.stringify(data, refuseBigint);
  }
}

function refuseBigint(key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  throw new TypeError(`"${key}" is a bigint (${value}), which JSON cannot hold. Events hold whole numbers as text.`);
}
