import type { Pool } from 'pg';
import type { DataSource, EntitySchema } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { ClaimId, Instant, Lifecycle, SourceKind, Stance, ThreadId, ThreadStatus } from '#domain';
import type { Position } from '#event-store';
import { AttributionEntity, type AttributionRow } from './attribution/attribution.entity.js';
import { ClaimEntity, type ClaimRow } from './claim/claim.entity.js';
import { Generations } from './looks/generations.js';
import { SharedLook } from './looks/shared-look.js';
import { after, type Page, type PageRequest, pageOf } from './paging/keyset-page.js';
import { PublicationClaimEntity, PublicationEntity } from './publication/publication.entity.js';
import {
  type Downgrade,
  type DowngradeFilter,
  downgrades,
  type Publication,
  type PublicationFilter,
  publications,
} from './publication/publication.queries.js';
import { SEARCH, type SearchHit, threadsWith } from './search/search.queries.js';
import { SourceEntity, type SourceRow } from './source/source.entity.js';
import { StatusHistoryEntity, type StatusHistoryRow } from './status-history/status-history.entity.js';
import {
  type BoardMoment,
  type BoardThenFilter,
  type ThreadChanged,
  threadsThen,
} from './thread-board/board-then.queries.js';
import { ThreadBoardEntity, type ThreadBoardRow, ThreadSlugEntity } from './thread-board/thread-board.entity.js';
import { type ThreadVersion, type ThreadWithClaims, threadsWithClaims } from './thread-board/thread-with-claims.js';
import { ThreadChangeEntity } from './thread-change/thread-change.entity.js';
import { ThreadDetailsEntity } from './thread-details/thread-details.entity.js';

export const readModelEntities: readonly EntitySchema[] = [
  ThreadBoardEntity,
  ThreadSlugEntity,
  ClaimEntity,
  AttributionEntity,
  StatusHistoryEntity,
  SourceEntity,
  ThreadDetailsEntity,
  ThreadChangeEntity,
  PublicationEntity,
  PublicationClaimEntity,
];

export interface BoardFilter {
  readonly status?: readonly ThreadStatus[];
  readonly lifecycle?: readonly Lifecycle[];
  readonly desk?: readonly string[];
  readonly topic?: readonly string[];
  /** Threads in which this source spoke. */
  readonly speakerId?: string;
  readonly changedSince?: Instant;
  readonly changedUntil?: Instant;
  /** Words of the headline, the slug, a statement or a quote, in web-search syntax. */
  readonly words?: string;
}

export interface AttributionFilter {
  readonly claimId?: ClaimId;
  readonly stance?: readonly Stance[];
  /** True: only those that count for or against their claim; false: only those set aside. */
  readonly counted?: boolean;
}

export interface SourceFilter {
  readonly sourceId?: readonly string[];
  readonly kind?: readonly SourceKind[];
  readonly group?: readonly string[];
  /** A part of the name, whatever the case. */
  readonly name?: string;
}

export interface ProjectionStatus {
  readonly projection: string;
  readonly version: number;
  readonly position: Position;
  /** Null: no projector has run it yet. */
  readonly updatedAt: Instant | null;
  readonly eventsApplied: bigint;
  /** Over the last seconds of work; null before there were any. */
  readonly eventsPerSecond: number | null;
  /** Why it stands still, since when and before which event; null while it goes on. */
  readonly error: string | null;
  readonly errorPosition: Position | null;
  readonly errorEventId: string | null;
  readonly errorAttempts: number;
  readonly errorAt: Instant | null;
  /** Events that could not be applied, those that wait behind them, and those that it goes without. */
  readonly parked: number;
  readonly waiting: number;
  readonly dropped: number;
  /** The projector process that runs it; null: none does now. */
  readonly leaseOwner: string | null;
}

/** One query a screen. */
export class ReadModelQueries {
  /** Where statements go that each connection is to prepare once. */
  private readonly pool: Pool;
  private readonly generations: Generations;
  private readonly threadLooks: SharedLook<ThreadId, ReadonlyMap<ThreadId, ThreadWithClaims | null>>;

  constructor(private readonly source: DataSource) {
    this.pool = (source.driver as PostgresDriver).master as Pool;
    this.generations = new Generations(this.pool);
    this.threadLooks = new SharedLook((ids) => this.threadsWithClaims(new Map(ids.map((id) => [id, null]))));
  }

  /**
   * As long as this is the same number, every row of every read model is the same. Found after the call, by one look for
   * all who ask at a time.
   */
  generation(): Promise<number> {
    return this.generations.now();
  }

  /** The last changed first. */
  async board(filter: BoardFilter, page: PageRequest): Promise<Page<ThreadBoardRow>> {
    const query = this.source.getRepository(ThreadBoardEntity).createQueryBuilder('t');
    if (filter.status) query.andWhere('t.status = ANY (:status)', { status: filter.status });
    if (filter.lifecycle) query.andWhere('t.lifecycle = ANY (:lifecycle)', { lifecycle: filter.lifecycle });
    if (filter.desk) query.andWhere('t.desk = ANY (:desk)', { desk: filter.desk });
    if (filter.topic) query.andWhere('t.topics && :topic', { topic: filter.topic });
    if (filter.changedSince) query.andWhere('t.changed_at >= :since', { since: filter.changedSince });
    if (filter.changedUntil) query.andWhere('t.changed_at <= :until', { until: filter.changedUntil });
    if (filter.words) query.andWhere(`t.thread_id IN (${threadsWith(':words')})`, { words: filter.words });
    if (filter.speakerId) {
      query.andWhere(
        'EXISTS (SELECT FROM read_models.attribution a WHERE a.thread_id = t.thread_id AND a.speaker_id = :speaker)',
        { speaker: filter.speakerId },
      );
    }
    after(query, ['t.changed_at::timestamptz', 't.thread_id::uuid'], '<', page);
    query.orderBy('t.changed_at', 'DESC').addOrderBy('t.thread_id', 'DESC');
    return pageOf(query, page, (row) => [row.changedAt, row.threadId]);
  }

  /** Threads that may have passed the filter at a moment, the one that had changed last by then first. */
  async threadsThen(filter: BoardThenFilter, moment: BoardMoment, page: PageRequest): Promise<Page<ThreadChanged>> {
    return threadsThen(this.source, filter, moment, page);
  }

  async thread(threadId: ThreadId): Promise<ThreadBoardRow | null> {
    return this.source.getRepository(ThreadBoardEntity).findOneBy({ threadId });
  }

  /**
   * Of the threads those that are no longer in the version by which the caller knows them, each with its claims as of one
   * moment; null: there is no such thread.
   */
  async threadsWithClaims(
    known: ReadonlyMap<ThreadId, ThreadVersion | null>,
  ): Promise<ReadonlyMap<ThreadId, ThreadWithClaims | null>> {
    return threadsWithClaims(this.pool, known);
  }

  /** Both as of one moment after the call, by one look for all who ask at a time. Null: there is no such thread. */
  async threadWithClaims(threadId: ThreadId): Promise<ThreadWithClaims | null> {
    return (await this.threadLooks.ask(threadId)).get(threadId) ?? null;
  }

  /** By the slug that it has or, if none has it, by one that it had; of several the one that had it last. */
  async threadBySlug(slug: string): Promise<ThreadBoardRow | null> {
    return this.source
      .getRepository(ThreadBoardEntity)
      .createQueryBuilder('t')
      .where(
        `t.thread_id = (
           SELECT s.thread_id FROM read_models.thread_slug s JOIN read_models.thread_board b USING (thread_id)
           WHERE s.slug = :slug ORDER BY b.slug = s.slug DESC, s.position DESC LIMIT 1)`,
        { slug },
      )
      .getOne();
  }

  /** In the order in which they were opened. */
  async claims(threadId: ThreadId): Promise<readonly ClaimRow[]> {
    return this.source
      .getRepository(ClaimEntity)
      .find({ where: { threadId }, order: { openedPosition: 'ASC', openedIndex: 'ASC' } });
  }

  /** In the order in which they were recorded. */
  async attributions(threadId: ThreadId, filter: AttributionFilter, page: PageRequest): Promise<Page<AttributionRow>> {
    const query = this.source.getRepository(AttributionEntity).createQueryBuilder('a');
    query.where('a.thread_id = :threadId', { threadId });
    if (filter.claimId) query.andWhere('a.claim_id = :claimId', { claimId: filter.claimId });
    if (filter.stance) query.andWhere('a.stance = ANY (:stance)', { stance: filter.stance });
    if (filter.counted !== undefined) query.andWhere(`a.counted IS ${filter.counted ? 'NOT NULL' : 'NULL'}`);
    after(query, ['a.recorded_at::timestamptz', 'a.revision::bigint', 'a.attribution_id::uuid'], '>', page);
    query.orderBy('a.recorded_at', 'ASC').addOrderBy('a.revision', 'ASC').addOrderBy('a.attribution_id', 'ASC');
    return pageOf(query, page, (row) => [row.recordedAt, row.revision.toString(), row.attributionId]);
  }

  /** What a source spoke or carried, the last first. What a merge carried stands in the thread that took it over. */
  async attributionsOf(sourceId: string, as: 'speaker' | 'carrier', page: PageRequest): Promise<Page<AttributionRow>> {
    const query = this.source.getRepository(AttributionEntity).createQueryBuilder('a');
    query.where(as === 'speaker' ? 'a.speaker_id = :sourceId' : 'a.via_ids @> ARRAY[:sourceId]::uuid[]', { sourceId });
    query.andWhere(
      `NOT EXISTS (SELECT FROM read_models.thread_board m WHERE m.thread_id = a.thread_id AND m.lifecycle = 'merged')`,
    );
    after(query, ['a.recorded_at::timestamptz', 'a.thread_id::uuid', 'a.attribution_id::uuid'], '<', page);
    query.orderBy('a.recorded_at', 'DESC').addOrderBy('a.thread_id', 'DESC').addOrderBy('a.attribution_id', 'DESC');
    return pageOf(query, page, (row) => [row.recordedAt, row.threadId, row.attributionId]);
  }

  /** In the order in which it happened. */
  async history(threadId: ThreadId, page: PageRequest): Promise<Page<StatusHistoryRow>> {
    const query = this.source.getRepository(StatusHistoryEntity).createQueryBuilder('h');
    query.where('h.thread_id = :threadId', { threadId });
    after(query, ['h.position::numeric', 'h.subject_id::uuid'], '>', page);
    query.orderBy('h.position', 'ASC').addOrderBy('h.subject_id', 'ASC');
    return pageOf(query, page, (row) => [row.position.toString(), row.subjectId]);
  }

  async sourceById(sourceId: string): Promise<SourceRow | null> {
    return this.source.getRepository(SourceEntity).findOneBy({ sourceId });
  }

  async sourceByKey(key: string): Promise<SourceRow | null> {
    return this.source.getRepository(SourceEntity).findOneBy({ key });
  }

  /** By name. */
  async sources(filter: SourceFilter, page: PageRequest): Promise<Page<SourceRow>> {
    const query = this.source.getRepository(SourceEntity).createQueryBuilder('s');
    query.where('s.name IS NOT NULL');
    if (filter.sourceId) query.andWhere('s.source_id = ANY (:sourceId)', { sourceId: filter.sourceId });
    if (filter.kind) query.andWhere('s.kind = ANY (:kind)', { kind: filter.kind });
    if (filter.group) query.andWhere('s.voice_group = ANY (:group)', { group: filter.group });
    if (filter.name) query.andWhere('strpos(lower(s.name), lower(:name)) > 0', { name: filter.name });
    // The database, and not this program, makes the lower case that it sorts by: the two know different alphabets.
    if (page.cursor !== null) {
      const [name, sourceId] = page.cursor;
      query.andWhere("(lower(coalesce(s.name, '')), s.source_id) > (lower(:afterName), CAST(:afterId AS uuid))", {
        afterName: name,
        afterId: sourceId,
      });
    }
    query.orderBy("lower(coalesce(s.name, ''))", 'ASC').addOrderBy('s.source_id', 'ASC');
    return pageOf(query, page, (row) => [row.name ?? '', row.sourceId]);
  }

  async publications(filter: PublicationFilter, page: PageRequest): Promise<Page<Publication>> {
    return publications(this.source, filter, page);
  }

  async downgrades(filter: DowngradeFilter, page: PageRequest): Promise<Page<Downgrade>> {
    return downgrades(this.source, filter, page);
  }

  /** What sources (of a sealed one the label) and threads (the slug) are called now. Those nobody knows are left out. */
  async names(ids: { readonly sources: readonly string[]; readonly threads: readonly string[] }): Promise<{
    readonly sources: ReadonlyMap<string, string>;
    readonly threads: ReadonlyMap<string, string>;
  }> {
    const rows: readonly { readonly kind: string; readonly id: string; readonly name: string }[] =
      await this.source.query(
        `SELECT 'source' AS kind, source_id AS id, name FROM read_models.source
         WHERE source_id = ANY ($1) AND name IS NOT NULL
         UNION ALL
         SELECT 'thread', thread_id, slug FROM read_models.thread_board WHERE thread_id = ANY ($2)`,
        [ids.sources, ids.threads],
      );
    const of = (kind: string) => new Map(rows.filter((row) => row.kind === kind).map(({ id, name }) => [id, name]));
    return { sources: of('source'), threads: of('thread') };
  }

  /** Web-search syntax: words, "a phrase", or, -without. The best first. */
  async search(words: string, limit: number): Promise<readonly SearchHit[]> {
    return this.source.query(SEARCH, [words, limit]);
  }

  async projections(): Promise<readonly ProjectionStatus[]> {
    const rows: readonly Record<string, unknown>[] = await this.source.query(
      `SELECT projection, version, position, updated_at, events_applied, events_per_second,
         error, error_position, error_event_id, error_attempts, error_at,
         CASE WHEN leased_until > clock_timestamp() THEN lease_owner END AS lease_owner,
         coalesce(parked, 0) AS parked, coalesce(waiting, 0) AS waiting, coalesce(dropped, 0) AS dropped
       FROM read_models.checkpoints LEFT JOIN (
         SELECT projection, count(*) FILTER (WHERE state = 'parked') AS parked,
           count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'dropped') AS dropped
         FROM read_models.parked_events GROUP BY projection) p USING (projection)
       ORDER BY projection`,
    );
    return rows.map(projectionStatus);
  }
}

function projectionStatus(row: Readonly<Record<string, unknown>>): ProjectionStatus {
  const whole = (value: unknown) => (value === null ? null : BigInt(String(value)));
  const moment = (value: unknown) => (value instanceof Date ? value.toISOString() : null);
  return {
    projection: String(row['projection']),
    version: Number(row['version']),
    position: BigInt(String(row['position'])),
    updatedAt: moment(row['updated_at']),
    eventsApplied: BigInt(String(row['events_applied'])),
    eventsPerSecond: row['events_per_second'] === null ? null : Number(row['events_per_second']),
    error: row['error'] === null ? null : String(row['error']),
    errorPosition: whole(row['error_position']),
    errorEventId: row['error_event_id'] === null ? null : String(row['error_event_id']),
    errorAttempts: Number(row['error_attempts']),
    errorAt: moment(row['error_at']),
    parked: Number(row['parked']),
    waiting: Number(row['waiting']),
    dropped: Number(row['dropped']),
    leaseOwner: row['lease_owner'] === null ? null : String(row['lease_owner']),
  };
}
