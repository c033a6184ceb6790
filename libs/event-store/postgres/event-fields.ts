import type { EventCodec } from '../codec.js';
import type { NewEvent } from '../event-store.js';

/** JSON.stringify writes a NUL and half a surrogate pair as escapes; an even row of backslashes before is text. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * An event as the fields that `ledger.append_batch` reads, in JSON without the braces around.
 *
 * @throws UnknownEventType, CorruptEvent
 * @throws TypeError of a value that JSON cannot hold, RangeError of text that PostgreSQL cannot hold
 */
export function eventFields(codec: EventCodec, { id, event, context }: NewEvent): string {
  const { type, schemaVersion, data } = codec.encode(event);
  const fields = stringify({
    i: id,
    t: type,
    v: schemaVersion,
    d: data,
    ai: context.actor.id,
    an: context.actor.name,
    co: context.correlationId,
    ca: context.causationId,
    ba: context.batchId,
  });
  if (hasUnstorableText(fields)) {
    throw new RangeError(`Event ${id} holds a NUL or half a surrogate pair, which cannot be stored. Remove it.`);
  }
  return fields.slice(1, -1);
}

/** Of text as JSON.stringify writes it. */
export function hasUnstorableText(json: string): boolean {
  return json.includes('\\u') && UNSTORABLE.test(json);
}

function stringify(fields: object): string {
  try {
    return JSON.stringify(fields);
  } catch {
    // Only now by a replacer, which finds the culprit but makes every event several times as dear.
    return JSON.stringify(fields, refuseBigint);
  }
}

function refuseBigint(key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  throw new TypeError(`"${key}" is a bigint (${value}), which JSON cannot hold. Events hold whole numbers as text.`);
}
