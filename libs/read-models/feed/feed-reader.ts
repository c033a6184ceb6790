import type { Pool } from 'pg';
import { BEFORE_FIRST, type EventStore, type Position, type StoredEvent } from '#event-store';
import { attributionProjection } from '../attribution/attribution.projection.js';
import { claimProjection } from '../claim/claim.projection.js';
import { LIVE_SCHEMA } from '../projection/checkpoints.js';
import { THREAD_STREAM_PREFIX } from '../projection/thread-folds.js';
import { sourceProjection } from '../source/source.projection.js';
import type { StatusHistoryRow } from '../status-history/status-history.entity.js';
import { statusHistoryProjection } from '../status-history/status-history.projection.js';
import { threadBoardProjection } from '../thread-board/thread-board.projection.js';
import type { ThreadDetailsRow } from '../thread-details/thread-details.entity.js';
import { threadDetailsProjection } from '../thread-details/thread-details.projection.js';

/**
 * The read models that whoever hears of a change goes on to read. Reports are not among them: one that stands still
 * holds no screen up.
 */
const SHOWN = [
  threadBoardProjection,
  claimProjection,
  attributionProjection,
  statusHistoryProjection,
  sourceProjection,
  threadDetailsProjection,
].map(({ name }) => name);

/** What a thread was called right after an event. */
export interface FeedThread extends Pick<ThreadDetailsRow, 'threadId' | 'slug' | 'headline' | 'desk' | 'topics'> {
  /** Of an event that moved the thread: those before it too. */
  readonly desksConcerned: readonly string[];
  readonly topicsConcerned: readonly string[];
}

/** What one event did. */
export interface FeedItem
  extends Pick<StatusHistoryRow, 'position' | 'eventId' | 'eventType' | 'revision' | 'actorName' | 'recordedAt'> {
  /** Null: the event is of a source. */
  readonly thread: FeedThread | null;
  /** In no order of their own; none of an event that changed no status. */
  readonly changes: readonly StatusChangeRow[];
  /** Null: events were not asked for. */
  readonly event: StoredEvent | null;
}

type StatusChangeRow = Pick<
  StatusHistoryRow,
  | 'claimId'
  | 'claimKey'
  | 'statusBefore'
  | 'statusAfter'
  | 'originAfter'
  | 'ruleBefore'
  | 'ruleAfter'
  | 'basisAfter'
  | 'challengedAfter'
>;

export interface FeedPage {
  /** By position. */
  readonly items: readonly FeedItem[];
  /** Everything up to here is in the page. */
  readonly until: Position;
}

export interface FeedRange {
  /** Exclusive. */
  readonly after: Position;
  /** Inclusive; at most what `reached` said. */
  readonly until: Position;
  /** Every event, and not only those that changed a status. */
  readonly withEvents: boolean;
  /** A page ends after so many events, or with the event that holds the so many'th change. */
  readonly limit: number;
}

/** What happened, in the order of the log, as far as the read models show it. */
export class FeedReader {
  constructor(
    private readonly pool: Pool,
    private readonly store: EventStore,
  ) {}

  /** How far every read model that is shown has come. */
  async reached(): Promise<Position> {
    const { rows } = await this.pool.query<{ position: string | null }>(
      `SELECT min(coalesce(c.position, $2::numeric)) AS position
       FROM unnest($1::text[]) AS shown (name) LEFT JOIN ${LIVE_SCHEMA}.checkpoints c ON c.projection = shown.name`,
      [SHOWN, BEFORE_FIRST.toString()],
    );
    return BigInt(rows[0]?.position ?? BEFORE_FIRST);
  }

  /** Of the log, whether the read models show it or not. */
  head(): Promise<Position> {
    return this.store.head();
  }

  async read({ after, until, withEvents, limit }: FeedRange): Promise<FeedPage> {
    const stored: StoredEvent[] = [];
    if (withEvents) {
      for await (const one of this.store.readAll({ after, until, limit, batchSize: limit })) stored.push(one);
    }
    const end = stored.length === limit ? (stored.at(-1)?.position ?? until) : until;
    const changes = await this.changes(after, end, limit);
    const events = new Map(
      stored.filter(({ position }) => position <= changes.until).map((one) => [one.position.toString(), one]),
    );
    const items = [...mergedByPosition(changes.rows, events)];
    return { items: await this.withThreads(items), until: changes.until };
  }

  private async changes(
    after: Position,
    until: Position,
    limit: number,
  ): Promise<{ readonly rows: readonly ChangeRow[]; readonly until: Position }> {
    const { rows } = await this.pool.query<ChangeRow>(
      `SELECT ${CHANGE_COLUMNS} FROM ${LIVE_SCHEMA}.status_history h
       WHERE position > $1 AND position <= coalesce(
         (SELECT position FROM ${LIVE_SCHEMA}.status_history WHERE position > $1 AND position <= $2
          ORDER BY position, subject_id OFFSET $3::integer - 1 LIMIT 1), $2)
       ORDER BY position, subject_id`,
      [after.toString(), until.toString(), limit],
    );
    return { rows, until: rows.length < limit ? until : BigInt(rows.at(-1)?.position ?? until) };
  }

  private async withThreads(items: readonly Untold[]): Promise<readonly FeedItem[]> {
    const ofThreads = items.filter(({ threadId }) => threadId !== null);
    if (ofThreads.length === 0) return items.map((item) => ({ ...item, thread: null }));
    const { rows } = await this.pool.query<FeedThread & { readonly position: string }>(
      `SELECT e.position, e.thread_id AS "threadId", now.slug, now.headline, now.desk, now.topics,
         array_remove(ARRAY[now.desk, was.desk], NULL) AS "desksConcerned",
         array_cat(now.topics, coalesce(was.topics, '{}')) AS "topicsConcerned"
       FROM unnest($1::uuid[], $2::numeric[]) AS e (thread_id, position)
       CROSS JOIN LATERAL (
         SELECT slug, headline, desk, topics FROM ${LIVE_SCHEMA}.thread_details d
         WHERE d.thread_id = e.thread_id AND d.position <= e.position ORDER BY d.position DESC LIMIT 1) now
       LEFT JOIN LATERAL (
         SELECT desk, topics FROM ${LIVE_SCHEMA}.thread_details d
         WHERE d.thread_id = e.thread_id AND d.position < e.position ORDER BY d.position DESC LIMIT 1) was ON true`,
      [ofThreads.map(({ threadId }) => threadId), ofThreads.map(({ position }) => position.toString())],
    );
    const threads = new Map(rows.map(({ position, ...thread }) => [position, thread]));
    return items.map(({ threadId: _, ...item }) => ({
      ...item,
      thread: threads.get(item.position.toString()) ?? null,
    }));
  }
}

type Untold = Omit<FeedItem, 'thread'> & { readonly threadId: string | null };

/** All changes of one event, and the event itself where it is given, make one item. */
function* mergedByPosition(changes: readonly ChangeRow[], events: ReadonlyMap<string, StoredEvent>): Generator<Untold> {
  const byPosition = new Map<string, ChangeRow[]>();
  for (const position of events.keys()) byPosition.set(position, []);
  for (const change of changes) {
    const own = byPosition.get(change.position);
    if (own === undefined) byPosition.set(change.position, [change]);
    else own.push(change);
  }
  const inOrder = [...byPosition].map(([position, own]) => ({ position: BigInt(position), own }));
  inOrder.sort((a, b) => (a.position < b.position ? -1 : 1));
  for (const { position, own } of inOrder) {
    const event = events.get(position.toString()) ?? null;
    const [first] = own;
    if (event !== null) yield { ...causeOf(event), position, changes: own.map(changeOf), event };
    else if (first !== undefined) {
      const { threadId, eventId, eventType, revision, actorName, recordedAt } = first;
      const cause = { threadId, eventId, eventType, revision: BigInt(revision), actorName };
      yield { ...cause, recordedAt: recordedAt.toISOString(), position, changes: own.map(changeOf), event };
    }
  }
}

function causeOf({ id, event, revision, context, recordedAt, stream }: StoredEvent) {
  const isOfThread = stream.startsWith(THREAD_STREAM_PREFIX);
  return {
    threadId: isOfThread ? stream.slice(THREAD_STREAM_PREFIX.length) : null,
    eventId: id,
    eventType: event.type,
    revision,
    actorName: context.actor.name,
    recordedAt,
  };
}

const CHANGE_COLUMNS = `h.position, h.thread_id AS "threadId", h.claim_id AS "claimId", h.claim_key AS "claimKey",
  h.status_before AS "statusBefore", h.status_after AS "statusAfter", h.origin_after AS "originAfter",
  h.rule_before AS "ruleBefore", h.rule_after AS "ruleAfter", h.basis_after AS "basisAfter",
  h.challenged_after AS "challengedAfter", h.event_id AS "eventId", h.event_type AS "eventType", h.revision,
  h.actor_name AS "actorName", h.recorded_at AS "recordedAt"`;

interface ChangeRow
  extends StatusChangeRow,
    Pick<StatusHistoryRow, 'threadId' | 'eventId' | 'eventType' | 'actorName'> {
  readonly position: string;
  readonly revision: string;
  readonly recordedAt: Date;
}

function changeOf(row: ChangeRow): StatusChangeRow {
  const { claimId, claimKey, statusBefore, statusAfter, originAfter, ruleBefore, ruleAfter, basisAfter } = row;
  const { challengedAfter } = row;
  return {
    claimId,
    claimKey,
    statusBefore,
    statusAfter,
    originAfter,
    ruleBefore,
    ruleAfter,
    basisAfter,
    challengedAfter,
  };
}
