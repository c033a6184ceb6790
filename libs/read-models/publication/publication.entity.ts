import { EntitySchema } from 'typeorm';
import type { ClaimId, Instant, ThreadId } from '#domain';
import type { Position, Revision } from '#event-store';
import { instantAt, position, revision, text, uuid } from '../projection/columns.js';

/** One row for each time a piece went out. The thread is the one it was published from, whatever it was merged into. */
export interface PublicationRow {
  readonly publicationId: string;
  readonly threadId: ThreadId;
  /** Its address, or the CMS's own id. */
  readonly piece: string;
  readonly title: string | null;
  readonly publishedAt: Instant;
  /** The thread as it was known when the piece was made. */
  readonly pinnedRevision: Revision;
  readonly eventId: string;
  readonly revision: Revision;
  readonly position: Position;
  readonly recordedAt: Instant;
  readonly actorId: string;
  readonly actorName: string;
  readonly withdrawnAt: Instant | null;
  readonly withdrawnReason: string | null;
  readonly withdrawnEventId: string | null;
}

export const PublicationEntity = new EntitySchema<PublicationRow>({
  name: 'Publication',
  schema: 'read_models',
  tableName: 'publication',
  columns: {
    publicationId: uuid('publication_id', { primary: true }),
    threadId: uuid('thread_id'),
    piece: text('piece'),
    title: text('title', { nullable: true }),
    publishedAt: instantAt('published_at'),
    pinnedRevision: revision('pinned_revision'),
    eventId: uuid('event_id'),
    revision: revision('revision'),
    position: position('position'),
    recordedAt: instantAt('recorded_at'),
    actorId: text('actor_id'),
    actorName: text('actor_name'),
    withdrawnAt: instantAt('withdrawn_at', { nullable: true }),
    withdrawnReason: text('withdrawn_reason', { nullable: true }),
    withdrawnEventId: uuid('withdrawn_event_id', { nullable: true }),
  },
});

/** The claims that a publication rests on. */
export interface PublicationClaimRow {
  readonly publicationId: string;
  readonly claimId: ClaimId;
}

export const PublicationClaimEntity = new EntitySchema<PublicationClaimRow>({
  name: 'PublicationClaim',
  schema: 'read_models',
  tableName: 'publication_claim',
  columns: {
    publicationId: uuid('publication_id', { primary: true }),
    claimId: uuid('claim_id', { primary: true }),
  },
});
