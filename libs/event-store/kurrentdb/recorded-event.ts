import { type JSONEventData, jsonEvent, type RecordedEvent } from '@kurrent/kurrentdb-client';
import type { Instant } from '#domain';
import type { EventCodec } from '../codec.js';
import { CorruptEvent } from '../errors.js';
import { eventRow } from '../event-row.js';
import type { EventContext, NewEvent, RawEvent, StoredEvent } from '../event-store.js';
import { positionOf } from './log-position.js';

/* Stored contract: what stands beside an event in KurrentDB. Fields may be added, none may change its meaning. */
interface Metadata {
  readonly schemaVersion: number;
  readonly actor: { readonly id: string; readonly name: string };
  /** With the `$`, KurrentDB's own projections know them. */
  readonly $correlationId: string;
  readonly $causationId?: string;
  readonly batchId?: string;
  /** Which try of which append wrote it: tells a write from one that an earlier try had done. */
  readonly writeId?: string;
  /** Of an event that was copied from another store; otherwise the server's own time holds. */
  readonly recordedAt?: string;
}

type EventToWrite = JSONEventData;
type Data = JSONEventData['data'];

/** An event as the client sends it, known to be JSON: of a value that is none the client's promise never settles. */
export interface EncodedAppend {
  readonly ids: readonly string[];
  eventsOf(writeId: string): EventToWrite[];
}

/** @throws what `eventRow` throws */
export function encodeAppend(codec: EventCodec, events: readonly NewEvent[]): EncodedAppend {
  const encoded = events.map((event) => {
    const { id, type, schemaVersion, data } = eventRow(codec, event);
    return { id, type, data: JSON.parse(data) as Data, metadata: metadataOf(schemaVersion, event.context) };
  });
  return {
    ids: encoded.map(({ id }) => id),
    eventsOf: (writeId) => encoded.map((event) => jsonEvent({ ...event, metadata: { ...event.metadata, writeId } })),
  };
}

/** Of an event that keeps its schema version and its time, as a copy does. */
export function encodeCopy({ id, type, data, schemaVersion, context, recordedAt }: RawEvent): EventToWrite {
  return jsonEvent({ id, type, data: data as Data, metadata: { ...metadataOf(schemaVersion, context), recordedAt } });
}

function metadataOf(schemaVersion: number, { actor, correlationId, causationId, batchId }: EventContext): Metadata {
  return {
    schemaVersion,
    actor: { id: actor.id, name: actor.name },
    $correlationId: correlationId,
    ...(causationId !== null && { $causationId: causationId }),
    ...(batchId !== null && { batchId }),
  };
}

export function recordedAtOf({ metadata, created }: RecordedEvent): Instant {
  return (isMetadata(metadata) ? metadata.recordedAt : undefined) ?? created.toISOString();
}

export function writeIdOf(event: RecordedEvent): string | null {
  return isMetadata(event.metadata) ? (event.metadata.writeId ?? null) : null;
}

/** @throws UnknownEventType, CorruptEvent */
export function decodeEvent(codec: EventCodec, recorded: RecordedEvent): StoredEvent {
  const { type, data, metadata } = recorded;
  // First, because of an event of another program this says best what is wrong.
  const event = codec.decode(type, isMetadata(metadata) ? metadata.schemaVersion : 1, data);
  const { type: _, data: __, ...stored } = rawEvent(recorded);
  return { ...stored, event };
}

/** @throws CorruptEvent of an event that another program wrote */
export function rawEvent(recorded: RecordedEvent): RawEvent {
  const { id, streamId, revision, type, data, metadata } = recorded;
  if (!isMetadata(metadata)) throw new CorruptEvent(type, 0, 'it was not written by Storyledger');
  return {
    id,
    stream: streamId,
    revision,
    position: positionOf(positionIn(recorded)),
    recordedAt: recordedAtOf(recorded),
    type,
    schemaVersion: metadata.schemaVersion,
    data,
    context: {
      actor: metadata.actor,
      correlationId: metadata.$correlationId,
      causationId: metadata.$causationId ?? null,
      batchId: metadata.batchId ?? null,
    },
  };
}

export function positionIn({ position, id }: RecordedEvent) {
  if (position === undefined) throw new Error(`The server gave no position for event ${id}.`);
  return position;
}

function isMetadata(metadata: unknown): metadata is Metadata {
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'schemaVersion' in metadata &&
    Number.isInteger(metadata.schemaVersion) &&
    'actor' in metadata &&
    '$correlationId' in metadata
  );
}
