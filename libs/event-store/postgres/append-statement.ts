import type { QueryConfig } from 'pg';
import type { EventRow } from '../event-row.js';
import type { ExpectedRevision } from '../event-store.js';
import { bigintArray, intArray, textArray, uuidArray } from './binary-arrays.js';

/** An append as the committer takes it: its events are encoded already. */
export interface PendingAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** The id of the event that it builds upon, which may be under way; null: whichever has the revision. */
  readonly follows: string | null;
  readonly events: readonly EventRow[];
  readonly bytes: number;
}

/** What `ledger.append_events` and `ledger.append_event` answer. */
export interface BatchOutcome {
  readonly base: string;
  /** Milliseconds. */
  readonly at: string;
  /** As PostgreSQL writes an array: `{-1,41}`. */
  readonly heads: string;
  readonly judged: readonly Judgement[] | null;
}

export interface Judgement {
  readonly accepted: boolean;
  readonly head: string;
  /** How many of the append's ids the log held before, and how many of them in its stream. */
  readonly known: number;
  readonly knownHere: number;
  /** Of the append's last event; null when it was refused. */
  readonly position: string | null;
  readonly revision: string | null;
  readonly at: number;
}

/** One event, as most appends are while little goes on, costs half as much when it need not be taken out of arrays. */
export function appendStatement(appends: readonly PendingAppend[]): QueryConfig {
  const [only, ...others] = appends;
  const [event, ...more] = only?.events ?? [];
  if (only !== undefined && event !== undefined && others.length + more.length === 0) return oneEvent(only, event);
  return {
    name: 'append_events',
    text: `SELECT base, at, heads::text, judged
           FROM ledger.append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    values: arraysOf(appends),
  };
}

function oneEvent({ stream, expected, follows }: PendingAppend, event: EventRow): QueryConfig {
  return {
    name: 'append_event',
    text: `SELECT base, at, heads::text, judged
           FROM ledger.append_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      stream,
      revisionOf(expected)?.toString() ?? null,
      follows,
      event.id,
      event.type,
      event.schemaVersion,
      event.data,
      event.actorId,
      event.actorName,
      event.correlationId,
      event.causationId,
      event.batchId,
    ],
  };
}

function revisionOf(expected: ExpectedRevision): bigint | null {
  return expected === 'any' ? null : expected === 'none' ? -1n : expected;
}

/** As `ledger.append_events` takes them. */
function arraysOf(appends: readonly PendingAppend[]): Buffer[] {
  const rows = appends.flatMap(({ events }) => events);
  const eachEvent = <Value>(value: (append: PendingAppend, number: number, place: number) => Value): Value[] =>
    appends.flatMap((append, a) => append.events.map((_, place) => value(append, a + 1, place + 1)));
  return [
    intArray(eachEvent((_, number) => number)),
    intArray(eachEvent((_, __, place) => place)),
    textArray(eachEvent(({ stream }) => stream)),
    bigintArray(eachEvent(({ expected }) => revisionOf(expected))),
    uuidArray(eachEvent(({ follows }) => follows)),
    uuidArray(rows.map(({ id }) => id)),
    textArray(rows.map(({ type }) => type)),
    intArray(rows.map(({ schemaVersion }) => schemaVersion)),
    textArray(
      rows.map(({ data }) => data),
      'json',
    ),
    textArray(rows.map(({ actorId }) => actorId)),
    textArray(rows.map(({ actorName }) => actorName)),
    textArray(rows.map(({ correlationId }) => correlationId)),
    textArray(rows.map(({ causationId }) => causationId)),
    textArray(rows.map(({ batchId }) => batchId)),
  ];
}
