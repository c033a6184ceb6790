import type { DataSource, EntitySchema, SelectQueryBuilder } from 'typeorm';
import type { ClaimId, Instant, Lifecycle, SourceKind, Stance, ThreadId, ThreadStatus } from '#domain';
import type { Position } from '#event-store';
import { AttributionEntity, type AttributionRow } from './attribution/attribution.entity.js';
import { ClaimEntity, type ClaimRow } from './claim/claim.entity.js';
import { SourceEntity, type SourceRow } from './source/source.entity.js';
import { StatusHistoryEntity, type StatusHistoryRow } from './status-history/status-history.entity.js';
import { ThreadBoardEntity, type ThreadBoardRow } from './thread-board/thread-board.entity.js';

export const readModelEntities: readonly EntitySchema[] = [
  ThreadBoardEntity,
  ClaimEntity,
  AttributionEntity,
  StatusHistoryEntity,
  SourceEntity,
];

/** The sort key of the last row of a page; the next page starts behind it. */
export type Cursor = readonly string[];

export interface Page<Row> {
  readonly items: readonly Row[];
  /** Null: there is no more. */
  readonly next: Cursor | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor: Cursor | null;
}

export interface BoardFilter {
  readonly status?: readonly ThreadStatus[];
  readonly lifecycle?: readonly Lifecycle[];
  readonly desk?: readonly string[];
  readonly topic?: readonly string[];
  /** Threads in which this source spoke. */
  readonly speakerId?: string;
  readonly changedSince?: Instant;
  readonly changedUntil?: Instant;
}

export interface AttributionFilter {
  readonly claimId?: ClaimId;
  readonly stance?: readonly Stance[];
}

export interface SourceFilter {
  readonly kind?: readonly SourceKind[];
  readonly group?: readonly string[];
}

export interface SearchHit {
  readonly kind: 'thread' | 'claim' | 'attribution';
  readonly threadId: ThreadId;
  /** Of what was found. */
  readonly id: string;
  /** The words found, in « and ». */
  readonly snippet: string;
  readonly rank: number;
}

export interface ProjectionStatus {
  readonly projection: string;
  readonly version: number;
  readonly position: Position;
  readonly updatedAt: Instant;
  readonly error: string | null;
}

/** One query a screen. */
export class ReadModelQueries {
  constructor(private readonly source: DataSource) {}

  /** The last changed first. */
  async board(filter: BoardFilter, page: PageRequest): Promise<Page<ThreadBoardRow>> {
    const query = this.source.getRepository(ThreadBoardEntity).createQueryBuilder('t');
    if (filter.status) query.andWhere('t.status = ANY (:status)', { status: filter.status });
    if (filter.lifecycle) query.andWhere('t.lifecycle = ANY (:lifecycle)', { lifecycle: filter.lifecycle });
    if (filter.desk) query.andWhere('t.desk = ANY (:desk)', { desk: filter.desk });
    if (filter.topic) query.andWhere('t.topics && :topic', { topic: filter.topic });
    if (filter.changedSince) query.andWhere('t.changed_at >= :since', { since: filter.changedSince });
    if (filter.changedUntil) query.andWhere('t.changed_at <= :until', { until: filter.changedUntil });
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

  async thread(threadId: ThreadId): Promise<ThreadBoardRow | null> {
    return this.source.getRepository(ThreadBoardEntity).findOneBy({ threadId });
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
    after(query, ['a.recorded_at::timestamptz', 'a.revision::bigint', 'a.attribution_id::uuid'], '>', page);
    query.orderBy('a.recorded_at', 'ASC').addOrderBy('a.revision', 'ASC').addOrderBy('a.attribution_id', 'ASC');
    return pageOf(query, page, (row) => [row.recordedAt, row.revision.toString(), row.attributionId]);
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

  /** By name. */
  async sources(filter: SourceFilter, page: PageRequest): Promise<Page<SourceRow>> {
    const query = this.source.getRepository(SourceEntity).createQueryBuilder('s');
    query.where('s.name IS NOT NULL');
    if (filter.kind) query.andWhere('s.kind = ANY (:kind)', { kind: filter.kind });
    if (filter.group) query.andWhere('s.voice_group = ANY (:group)', { group: filter.group });
    after(query, ["lower(coalesce(s.name, ''))::text", 's.source_id::uuid'], '>', page);
    query.orderBy("lower(coalesce(s.name, ''))", 'ASC').addOrderBy('s.source_id', 'ASC');
    return pageOf(query, page, (row) => [(row.name ?? '').toLowerCase(), row.sourceId]);
  }

  /** Web-search syntax: words, "a phrase", or, -without. The best first. */
  async search(words: string, limit: number): Promise<readonly SearchHit[]> {
    return this.source.query(SEARCH, [words, limit]);
  }

  async projections(): Promise<readonly ProjectionStatus[]> {
    const rows: readonly (Omit<ProjectionStatus, 'position' | 'updatedAt'> & { position: string; updatedAt: Date })[] =
      await this.source.query(
        `SELECT projection, version, position, updated_at AS "updatedAt", error
         FROM read_models.checkpoints ORDER BY projection`,
      );
    return rows.map((row) => ({
      ...row,
      position: BigInt(row.position),
      updatedAt: row.updatedAt.toISOString(),
    }));
  }
}

const SNIPPET = 'StartSel=«, StopSel=», MaxFragments=1, MaxWords=24, MinWords=8';
const found = (kind: string, table: string, id: string, text: string) => `
  SELECT '${kind}' AS kind, thread_id AS "threadId", ${id} AS id,
    ts_headline(search_config, ${text}, websearch_to_tsquery(search_config, $1), '${SNIPPET}') AS snippet,
    ts_rank(search, websearch_to_tsquery(search_config, $1))::float8 AS rank
  FROM read_models.${table} WHERE search @@ websearch_to_tsquery(search_config, $1)`;
const SEARCH = `
  SELECT * FROM (
    ${found('thread', 'thread_board', 'thread_id', 'headline')}
    UNION ALL ${found('claim', 'claim', 'claim_id', 'statement')}
    UNION ALL ${found('attribution', 'attribution', 'attribution_id', "coalesce(quote, '')")}
  ) hits ORDER BY rank DESC, id LIMIT $2`;

/** `columns` with their types, as the cursor comes as text. */
function after<Row extends object>(
  query: SelectQueryBuilder<Row>,
  columns: readonly string[],
  direction: '<' | '>',
  { cursor }: PageRequest,
): void {
  if (cursor === null) return;
  const names = columns.map((column) => column.split('::')[0]).join();
  const values = columns.map((column, index) => `CAST(:after${index} AS ${column.split('::')[1]})`).join();
  query.andWhere(
    `(${names}) ${direction} (${values})`,
    Object.fromEntries(columns.map((_, index) => [`after${index}`, cursor[index]])),
  );
}

async function pageOf<Row extends object>(
  query: SelectQueryBuilder<Row>,
  { limit }: PageRequest,
  key: (row: Row) => Cursor,
): Promise<Page<Row>> {
  const rows = await query.limit(limit + 1).getMany();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : null };
}
