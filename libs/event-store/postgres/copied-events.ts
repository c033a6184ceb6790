import type { Actor, RawEvent } from '../event-store.js';
import { InstantWriter } from './instant-writer.js';

/** What to select for `CopiedEvents`: what is always there and of one length first, `data` last. */
export const COPIED_FIELDS = `position, revision, recorded_at, schema_version, id::text, stream, type, actor_id, actor_name,
  correlation_id, causation_id, batch_id, data`;

/* A row: how many fields it has in 2 bytes; then before each field how long it is in 4, -1 for null. */
const LENGTH = 4;
const POSITION = 2 + LENGTH;
const REVISION = POSITION + 8 + LENGTH;
const RECORDED_AT = REVISION + 8 + LENGTH;
const SCHEMA_VERSION = RECORDED_AT + 8 + LENGTH;
const ID = SCHEMA_VERSION + 4 + LENGTH;
const STREAM = ID + 36 + LENGTH;
/** Before the first row: a signature, flags, and how long that is which may follow them. */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER = SIGNATURE.length + 4 + LENGTH;

const FIRST_BYTES = 1 << 16;
const BEYOND_ASCII = /[\x80-\xff]/;
/** Actors that recur are one object each; forgotten all at once. */
const MOST_ACTORS = 1_000;
/** Times are sent in microseconds since then. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const ENDLESS = 2n ** 63n - 1n;

/**
 * Events as COPY sends them in its binary format, kept as bytes until they are asked for: events of a page that waits for
 * its reader would be copied by the garbage collector again and again.
 *
 * See https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4 on the format.
 */
export class CopiedEvents {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private view = viewOf(this.bytes);
  /** Where each row begins, and where the last ends. */
  private readonly bounds: number[] = [0];
  private readonly actors = new Map<string, Actor>();
  private readonly instants = new InstantWriter();

  get length(): number {
    return this.bounds.length - 1;
  }

  /** To be filled again, by the next page. */
  clear(): void {
    this.bounds.length = 1;
  }

  /** One message of the server, which is one row, the first after the header; the last has none. It is copied. */
  add(message: Buffer): void {
    const isFirst = this.length === 0 && message.indexOf(SIGNATURE) === 0;
    const from = isFirst ? HEADER + message.readInt32BE(HEADER - LENGTH) : 0;
    if (message.length - from < STREAM) return;
    const start = this.bounds.at(-1) ?? 0;
    const end = start + message.length - from;
    if (end > this.bytes.length) this.grow(end);
    message.copy(this.bytes, start, from);
    this.bounds.push(end);
  }

  get lastPosition(): bigint {
    return this.view.getBigInt64((this.bounds.at(-2) ?? 0) + POSITION);
  }

  /** At most `size` of them. */
  from<Event>(first: number, size: number, make: (raw: RawEvent) => Event): Event[] {
    const events: Event[] = [];
    for (let index = first; index < this.length && events.length < size; index++) events.push(make(this.at(index)));
    return events;
  }

  private at(index: number): RawEvent {
    const { view } = this;
    const start = this.bounds[index] ?? 0;
    const end = this.bounds[index + 1] ?? start;
    const id = start + ID;
    const stream = start + STREAM;
    const type = this.after(stream);
    const actorId = this.after(type);
    const actorName = this.after(actorId);
    const correlationId = this.after(actorName);
    const causationId = this.after(correlationId);
    const batchId = this.after(causationId);
    const data = this.after(batchId);
    // One text of them all, cut up then: to ask for each would leave the engine each time.
    const texts = this.bytes.toString('latin1', id, data);
    return {
      id: texts.slice(0, stream - LENGTH - id),
      stream: this.text(texts.slice(stream - id, type - LENGTH - id), stream),
      revision: view.getBigInt64(start + REVISION),
      position: view.getBigInt64(start + POSITION),
      recordedAt: this.instant(start + RECORDED_AT),
      type: this.text(texts.slice(type - id, actorId - LENGTH - id), type),
      schemaVersion: view.getInt32(start + SCHEMA_VERSION),
      data: JSON.parse(this.bytes.toString('utf8', data, end)),
      context: {
        actor: this.actor(texts.slice(actorId - id, correlationId - LENGTH - id), actorId, actorName),
        correlationId: this.text(texts.slice(correlationId - id, causationId - LENGTH - id), correlationId),
        causationId: this.isNull(causationId)
          ? null
          : this.text(texts.slice(causationId - id, batchId - LENGTH - id), causationId),
        batchId: this.isNull(batchId) ? null : this.text(texts.slice(batchId - id, data - LENGTH - id), batchId),
      },
    };
  }

  /** Where the field after the one at `field` is. */
  private after(field: number): number {
    return field + Math.max(0, this.view.getInt32(field - LENGTH)) + LENGTH;
  }

  private isNull(field: number): boolean {
    return this.view.getInt32(field - LENGTH) < 0;
  }

  /** `latin`: its bytes as letters, which it is as long as they are ASCII. */
  private text(latin: string, field: number): string {
    return BEYOND_ASCII.test(latin) ? this.bytes.toString('utf8', field, field + latin.length) : latin;
  }

  /** `latin`: the bytes of both. */
  private actor(latin: string, id: number, name: number): Actor {
    const known = this.actors.get(latin);
    if (known !== undefined) return known;
    const nameAt = name - id;
    const actor = {
      id: this.bytes.toString('utf8', id, name - LENGTH),
      name: this.bytes.toString('utf8', name, name + latin.length - nameAt),
    };
    if (this.actors.size === MOST_ACTORS) this.actors.clear();
    this.actors.set(latin, actor);
    return actor;
  }

  /** Of a row that somebody has tampered with it may be no time that JavaScript knows. */
  private instant(at: number): string {
    const micros = this.view.getInt32(at) * 2 ** 32 + this.view.getUint32(at + 4);
    const written = this.instants.write(EPOCH_MS + Math.round(micros / 1_000));
    if (written !== null) return written;
    const exact = this.view.getBigInt64(at);
    if (exact >= ENDLESS) return 'Infinity';
    return exact <= -ENDLESS ? '-Infinity' : String((EPOCH_MS + Number(exact / 1_000n)) / 1_000);
  }

  private grow(least: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(least, 2 * this.bytes.length));
    this.bytes.copy(bytes);
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
