import pg from 'pg';
import type { RawEvent } from '../event-store.js';

const FIELDS = `position, stream, revision, id, type, schema_version, actor_id, actor_name, correlation_id, causation_id,
  batch_id, date_part('epoch', recorded_at), data`;
const TAB = 9;
/** In place of what COPY writes for null: a text that PostgreSQL cannot hold. */
const NULL = '\0';
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * Events as COPY writes them: a line of text each, which costs the server and this process less than a message of thirteen
 * values does. `rest` is what follows FROM, without parameters, as COPY takes none.
 *
 * See https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2 on its text format.
 */
export class CopyRows extends pg.Query {
  readonly events: RawEvent[] = [];

  constructor(
    rest: string,
    /** In milliseconds, as pg reads it from whatever it runs. */
    readonly query_timeout: number,
  ) {
    super(`COPY (SELECT ${FIELDS} FROM ${rest}) TO STDOUT`);
  }

  /** pg calls it with each line, in a buffer that it will use again. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    // Apart, so that an event that is kept does not keep its line: what JSON.parse makes is its own.
    const data = chunk.lastIndexOf(TAB);
    const fields = chunk.toString('utf8', 0, data);
    this.events.push(rawEvent(fields, unescaped(chunk.toString('utf8', data + 1, chunk.length - 1))));
  }
}

/** By their places: taking an array apart in one go costs as much as all else here. */
function rawEvent(line: string, data: string): RawEvent {
  const fields = line.split('\t');
  for (let place = 0; place < fields.length; place++) {
    const field = fields[place] ?? '';
    if (field.includes('\\')) fields[place] = field === '\\N' ? NULL : unescaped(field);
  }
  return {
    id: fields[3] ?? '',
    stream: fields[1] ?? '',
    revision: BigInt(fields[2] ?? ''),
    position: BigInt(fields[0] ?? ''),
    recordedAt: instantOf(Number(fields[11])),
    type: fields[4] ?? '',
    schemaVersion: Number(fields[5]),
    data: JSON.parse(data),
    context: {
      actor: { id: fields[6] ?? '', name: fields[7] ?? '' },
      correlationId: fields[8] ?? '',
      causationId: orNull(fields[9]),
      batchId: orNull(fields[10]),
    },
  };
}

function orNull(field: string | undefined): string | null {
  return field === undefined || field === NULL ? null : field;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter) : text;
}

/** Of a row that somebody has tampered with it may be no time that JavaScript knows. */
function instantOf(seconds: number): string {
  const at = new Date(Math.round(seconds * 1_000));
  return Number.isNaN(at.getTime()) ? String(seconds) : at.toISOString();
}
