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

/** What both statements answer. */
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

/** Carries out or judges whatever comes. */
export function appendStatement(appends: readonly PendingAppend[]): QueryConfig {
  return {
    name: 'append_events',
    text: `SELECT base, at, heads::text, judged
           FROM ledger.append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    values: arraysOf(appends),
  };
}

/*
 * One event by a plain insert. Its snapshot is older than the lock, so it may have missed what was committed between them:
 * then its position is taken, and the key of the log refuses it. It therefore never waits for the lock, after which that
 * would always be so. Without the lock, or when the stream is not as expected, it inserts nothing and answers no row.
 */
const INSERT_ONE = `
  INSERT INTO ledger.events (position, stream, revision, id, type, schema_version, data,
                             actor_id, actor_name, correlation_id, causation_id, batch_id, recorded_at)
  SELECT coalesce(last.position, -1) + 1, $1, coalesce(head.revision, -1) + 1, $4, $5, $6, $7,
         $8, $9, $10, $11, $12, greatest(date_trunc('milliseconds', clock_timestamp()), last.recorded_at)
  FROM (SELECT) one
  LEFT JOIN (SELECT position, recorded_at FROM ledger.events ORDER BY position DESC LIMIT 1) last ON true
  LEFT JOIN (SELECT revision, id FROM ledger.events WHERE stream = $1 ORDER BY revision DESC LIMIT 1) head ON true
  WHERE ($2::bigint IS NULL OR coalesce(head.revision, -1) = $2) AND ($3::uuid IS NULL OR head.id = $3)
    -- An acknowledged event is durable, whatever the session or the server says.
    AND (current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', true) = 'on')
    AND pg_try_advisory_xact_lock(5990713261117)
  RETURNING position - 1 AS base, (extract(epoch FROM recorded_at) * 1000)::bigint AS at,
            ARRAY[revision - 1]::text AS heads, NULL AS judged`;

/** Its plan is made while the log is small and kept while it grows: as in `ledger.append_events`. */
export const PLAN_FOR_GROWTH = 'SET enable_seqscan TO off; SET jit TO off; SET plan_cache_mode TO force_generic_plan';

/** Of one event, as most appends are while little goes on: for less, but it leaves every doubt to the other. */
export function shortStatement(appends: readonly PendingAppend[]): QueryConfig | null {
  const [only, ...others] = appends;
  const [event, ...more] = only?.events ?? [];
  if (only === undefined || event === undefined || others.length + more.length > 0) return null;
  return {
    name: 'insert_one',
    text: INSERT_ONE,
    values: [
      only.stream,
      revisionOf(only.expected)?.toString() ?? null,
      only.follows,
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
