import type { DataSource } from 'typeorm';
import type { ClaimId, ClaimStatus, Instant, Rule, ThreadId } from '#domain';
import type { LedgerEventType, Position, Revision } from '#event-store';
import type { Page, PageRequest } from '../paging/keyset-page.js';
import type { PublicationRow } from './publication.entity.js';

/** `standing`: neither withdrawn nor followed by a later publication of the same piece. */
export type PublicationState = 'standing' | 'superseded' | 'withdrawn';

export interface PublicationFilter {
  readonly publicationId?: string;
  /** Also those of threads that are merged into it now. */
  readonly threadId?: ThreadId;
  readonly piece?: string;
  readonly desk?: string;
  readonly state?: readonly PublicationState[];
}

/** A claim that a piece rests on, in the thread that speaks for it now. */
export interface ReliedClaim {
  readonly claimId: ClaimId;
  readonly threadId: ThreadId;
  readonly key: string | null;
  readonly statement: string;
  readonly status: ClaimStatus;
}

export interface Publication extends PublicationRow {
  readonly slug: string;
  readonly headline: string;
  readonly state: PublicationState;
  readonly claims: readonly ReliedClaim[];
}

export interface DowngradeFilter {
  readonly threadId?: ThreadId;
  readonly desk?: string;
  /** `fallen`: it is still weaker than it was before it fell; `risen`: it stands again as firmly. */
  readonly now?: 'fallen' | 'risen';
}

/** The last fall of a claim since a piece that rests on it went out. */
export interface Downgrade {
  readonly publication: Omit<Publication, 'claims'>;
  readonly claim: ReliedClaim;
  readonly from: ClaimStatus;
  readonly to: ClaimStatus;
  readonly now: 'fallen' | 'risen';
  /** How often it fell since. */
  readonly falls: number;
  /** The event that caused it, in the thread in which the claim stood then. */
  readonly cause: {
    readonly threadId: ThreadId;
    readonly eventId: string;
    readonly eventType: LedgerEventType;
    readonly revision: Revision;
    readonly position: Position;
    readonly recordedAt: Instant;
    readonly rule: Rule | null;
    readonly actorName: string;
  };
}

const STATE = `CASE WHEN p.withdrawn_at IS NOT NULL THEN 'withdrawn'
  WHEN EXISTS (SELECT FROM read_models.publication l
    WHERE l.thread_id = p.thread_id AND l.piece = p.piece AND l.revision > p.revision AND l.withdrawn_at IS NULL)
  THEN 'superseded' ELSE 'standing' END`;

/** A claim that a merge carried stands in two threads; the one that is merged away does not speak for it any more. */
const CLAIM_NOW = `SELECT c.claim_id, c.thread_id, c.key, c.statement, c.status
  FROM read_models.claim c JOIN read_models.thread_board o ON o.thread_id = c.thread_id
  WHERE c.claim_id = r.claim_id ORDER BY o.lifecycle = 'merged', c.position DESC LIMIT 1`;

const CLAIM_JSON = `json_build_object('claimId', n.claim_id, 'threadId', n.thread_id, 'key', n.key,
  'statement', n.statement, 'status', n.status)`;

/** The thread, and those that merges have brought into it. */
const SPOKEN_FOR = `WITH RECURSIVE spoken AS (
    SELECT $1::uuid AS thread_id
    UNION SELECT m.thread_id FROM read_models.thread_board m JOIN spoken s ON m.merged_into = s.thread_id)`;

const RANK = (status: string) => `CASE ${status} WHEN 'confirmed' THEN 2 WHEN 'corroborated' THEN 1 ELSE 0 END`;

/** The last published first. */
export async function publications(
  source: DataSource,
  filter: PublicationFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<Publication>> {
  const rows: readonly Row[] = await source.query(
    `${SPOKEN_FOR}
     SELECT p.*, b.slug, b.headline, ${STATE} AS state,
       (SELECT coalesce(json_agg(${CLAIM_JSON} ORDER BY n.key, n.claim_id), '[]')
        FROM read_models.publication_claim r CROSS JOIN LATERAL (${CLAIM_NOW}) n
        WHERE r.publication_id = p.publication_id) AS claims
     FROM read_models.publication p JOIN read_models.thread_board b ON b.thread_id = p.thread_id
     WHERE ($1::uuid IS NULL OR p.thread_id IN (SELECT thread_id FROM spoken))
       AND ($2::uuid IS NULL OR p.publication_id = $2) AND ($3::text IS NULL OR p.piece = $3)
       AND ($4::text IS NULL OR b.desk = $4) AND ($5::text[] IS NULL OR ${STATE} = ANY ($5))
       AND ($6::numeric IS NULL OR (p.position, p.publication_id) < ($6, $7::uuid))
     ORDER BY p.position DESC, p.publication_id DESC LIMIT $8`,
    [
      filter.threadId ?? null,
      filter.publicationId ?? null,
      filter.piece ?? null,
      filter.desk ?? null,
      filter.state ?? null,
      cursor?.[0] ?? null,
      cursor?.[1] ?? null,
      limit + 1,
    ],
  );
  const items = rows.slice(0, limit).map(publicationOf);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, next: more ? [last.position.toString(), last.publicationId] : null };
}

/**
 * Claims that fell, from confirmed or corroborated to anything weaker, since a piece that stands and rests on them went
 * out. The last fall first. A fall is read from the status history: of the thread itself after the revision to which the
 * piece is pinned, of a thread that it was merged into after the piece was published.
 */
export async function downgrades(
  source: DataSource,
  filter: DowngradeFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<Downgrade>> {
  const rows: readonly Row[] = await source.query(
    `${SPOKEN_FOR}, told AS (
       SELECT p.publication_id, r.claim_id, h.thread_id, h.event_id, h.event_type, h.revision, h.position,
         h.recorded_at, h.rule_after, h.actor_name, h.status_after,
         lag(h.status_after) OVER (PARTITION BY p.publication_id, r.claim_id ORDER BY h.position) AS stood,
         (h.thread_id = p.thread_id AND h.revision > p.pinned_revision)
           OR (h.thread_id <> p.thread_id AND h.position > p.position) AS is_later
       FROM read_models.publication p
       JOIN read_models.publication_claim r USING (publication_id)
       JOIN read_models.status_history h ON h.claim_id = r.claim_id AND h.status_after IS NOT NULL
       WHERE p.withdrawn_at IS NULL AND ($1::uuid IS NULL OR p.thread_id IN (SELECT thread_id FROM spoken))
     ), fell AS (
       SELECT *, count(*) OVER own AS falls, row_number() OVER (own ORDER BY position DESC) AS nth
       FROM told WHERE is_later AND ${RANK('stood')} > ${RANK('status_after')}
       WINDOW own AS (PARTITION BY publication_id, claim_id)
     ), listed AS (
       SELECT p.*, b.slug, b.headline, ${STATE} AS state, ${CLAIM_JSON} AS claim,
         r.thread_id AS fell_in, r.event_id AS fell_by, r.event_type AS fell_type, r.revision AS fell_revision,
         r.position AS fell_position, r.recorded_at AS fell_at, r.rule_after, r.actor_name AS fell_actor,
         r.stood, r.status_after, r.falls, r.claim_id,
         CASE WHEN ${RANK('n.status')} >= ${RANK('r.stood')} THEN 'risen' ELSE 'fallen' END AS now
       FROM fell r JOIN read_models.publication p USING (publication_id)
       JOIN read_models.thread_board b ON b.thread_id = p.thread_id
       CROSS JOIN LATERAL (${CLAIM_NOW}) n
       WHERE r.nth = 1
     )
     SELECT * FROM listed
     WHERE state = 'standing' AND ($2::text IS NULL OR now = $2)
       AND ($3::text IS NULL OR EXISTS (
         SELECT FROM read_models.thread_board d WHERE d.thread_id = listed.thread_id AND d.desk = $3))
       AND ($4::numeric IS NULL OR (fell_position, publication_id, claim_id) < ($4, $5::uuid, $6::uuid))
     ORDER BY fell_position DESC, publication_id DESC, claim_id DESC LIMIT $7`,
    [
      filter.threadId ?? null,
      filter.now ?? null,
      filter.desk ?? null,
      ...[0, 1, 2].map((n) => cursor?.[n] ?? null),
      limit + 1,
    ],
  );
  const items = rows.slice(0, limit).map(downgradeOf);
  const last = items.at(-1);
  const next = [String(last?.cause.position), String(last?.publication.publicationId), String(last?.claim.claimId)];
  return { items, next: rows.length > limit ? next : null };
}

type Row = Readonly<Record<string, unknown>>;

function publicationOf(row: Row): Publication {
  return { ...factsOf(row), claims: row['claims'] as readonly ReliedClaim[] };
}

function factsOf(row: Row): Omit<Publication, 'claims'> {
  return {
    publicationId: String(row['publication_id']),
    threadId: String(row['thread_id']),
    slug: String(row['slug']),
    headline: String(row['headline']),
    piece: String(row['piece']),
    title: textOrNull(row['title']),
    publishedAt: instant(row['published_at']) ?? '',
    pinnedRevision: BigInt(String(row['pinned_revision'])),
    state: row['state'] as PublicationState,
    eventId: String(row['event_id']),
    revision: BigInt(String(row['revision'])),
    position: BigInt(String(row['position'])),
    recordedAt: instant(row['recorded_at']) ?? '',
    actorId: String(row['actor_id']),
    actorName: String(row['actor_name']),
    withdrawnAt: instant(row['withdrawn_at']),
    withdrawnReason: textOrNull(row['withdrawn_reason']),
    withdrawnEventId: textOrNull(row['withdrawn_event_id']),
  };
}

function downgradeOf(row: Row): Downgrade {
  return {
    publication: factsOf(row),
    claim: row['claim'] as ReliedClaim,
    from: row['stood'] as ClaimStatus,
    to: row['status_after'] as ClaimStatus,
    now: row['now'] as Downgrade['now'],
    falls: Number(row['falls']),
    cause: {
      threadId: String(row['fell_in']),
      eventId: String(row['fell_by']),
      eventType: row['fell_type'] as LedgerEventType,
      revision: BigInt(String(row['fell_revision'])),
      position: BigInt(String(row['fell_position'])),
      recordedAt: instant(row['fell_at']) ?? '',
      rule: row['rule_after'] as Rule | null,
      actorName: String(row['fell_actor']),
    },
  };
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function instant(value: unknown): Instant | null {
  return value instanceof Date ? value.toISOString() : null;
}
