import type { DataSource } from 'typeorm';
import type { Instant, ThreadId, ThreadStatus } from '#domain';
import type { Page, PageRequest } from '../paging/keyset-page.js';

/** Of a filter of the board what the read models can rule threads out by. */
export interface BoardThenFilter {
  readonly status?: readonly ThreadStatus[];
  readonly desk?: readonly string[];
  readonly topic?: readonly string[];
  readonly speakerId?: string;
  readonly changedSince?: Instant;
  readonly changedUntil?: Instant;
}

export interface ThreadChanged {
  readonly threadId: ThreadId;
  /** The last time by then. */
  readonly changedAt: Instant;
}

export interface BoardMoment {
  readonly recordedUntil: Instant | null;
  /** With such a bound a thread may have a status that it never had in the log. */
  readonly statedUntil: Instant | null;
}

/**
 * Threads that were open by then, the one that had changed last first. Of the filter what the read models can rule out:
 * a thread that was never at a desk was not there then. What is left is to be looked at.
 */
export async function threadsThen(
  source: DataSource,
  filter: BoardThenFilter,
  { recordedUntil, statedUntil }: BoardMoment,
  { limit, cursor }: PageRequest,
): Promise<Page<ThreadChanged>> {
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const until = bind(recordedUntil);
  const conditions: string[] = [];
  const ever = (table: string, condition: string) =>
    conditions.push(`EXISTS (SELECT FROM read_models.${table} e WHERE e.thread_id = t.thread_id AND ${condition})`);
  if (filter.desk) ever('thread_details', `e.desk = ANY (${bind(filter.desk)}::text[])`);
  if (filter.topic) ever('thread_details', `e.topics && ${bind(filter.topic)}::text[]`);
  if (filter.speakerId) ever('attribution', `e.speaker_id = ${bind(filter.speakerId)}::uuid`);
  if (filter.status && statedUntil === null) {
    ever('status_history', `e.claim_id IS NULL AND e.status_after = ANY (${bind(filter.status)}::text[])`);
  }
  if (filter.changedSince) conditions.push(`t.changed_at >= ${bind(filter.changedSince)}::timestamptz`);
  if (filter.changedUntil) conditions.push(`t.changed_at <= ${bind(filter.changedUntil)}::timestamptz`);
  if (cursor !== null) {
    const [changedAt, threadId] = cursor;
    conditions.push(`(t.changed_at, t.thread_id) < (${bind(changedAt)}::timestamptz, ${bind(threadId)}::uuid)`);
  }
  const rows = await source.query<{ thread_id: string; changed_at: Date }[]>(
    `SELECT t.thread_id, t.changed_at FROM (
       SELECT thread_id, changed_at FROM read_models.thread_board
       WHERE ${until}::timestamptz IS NULL OR changed_at <= ${until}::timestamptz
       UNION ALL
       SELECT b.thread_id, c.recorded_at FROM read_models.thread_board b CROSS JOIN LATERAL (
         SELECT recorded_at FROM read_models.thread_change h
         WHERE h.thread_id = b.thread_id AND h.recorded_at <= ${until}::timestamptz
         ORDER BY recorded_at DESC LIMIT 1) c
       WHERE b.changed_at > ${until}::timestamptz AND b.opened_at <= ${until}::timestamptz
     ) t
     ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY t.changed_at DESC, t.thread_id DESC LIMIT ${bind(limit + 1)}`,
    parameters,
  );
  const items = rows
    .slice(0, limit)
    .map((row) => ({ threadId: row.thread_id, changedAt: row.changed_at.toISOString() }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? [last.changedAt, last.threadId] : null };
}
