import type { Projection } from '../projection/projection.js';
import type { ThreadStep } from '../projection/thread-folds.js';
import {
  PublicationClaimEntity,
  type PublicationClaimRow,
  PublicationEntity,
  type PublicationRow,
} from './publication.entity.js';

/** What fell since is not stored: the status history knows each fall, in whichever thread the claim stood then. */
export const publicationProjection: Projection = {
  name: 'publication',
  version: 1,
  entities: [PublicationEntity, PublicationClaimEntity],
  apply({ steps }, tables) {
    tables.upsert(PublicationEntity, steps.flatMap(publicationRow));
    tables.upsert(PublicationClaimEntity, steps.flatMap(claimRows));
    tables.amend(
      PublicationEntity,
      (table) => `
        UPDATE ${table} p SET withdrawn_at = n.withdrawn_at, withdrawn_reason = n.withdrawn_reason,
          withdrawn_event_id = n.withdrawn_event_id
        FROM json_populate_recordset(NULL::${table}, $1) n WHERE p.publication_id = n.publication_id`,
      steps.flatMap(withdrawal),
    );
  },
};

function publicationRow({ stored, fold }: ThreadStep): PublicationRow[] {
  const { event, id: eventId, revision, position, recordedAt, context } = stored;
  if (event.type !== 'PiecePublished') return [];
  const { reliesOn: _, pinnedRevision, ...facts } = event.data;
  return [
    {
      ...facts,
      threadId: fold.state.threadId ?? '',
      pinnedRevision: BigInt(pinnedRevision),
      eventId,
      revision,
      position,
      recordedAt,
      actorId: context.actor.id,
      actorName: context.actor.name,
      withdrawnAt: null,
      withdrawnReason: null,
      withdrawnEventId: null,
    },
  ];
}

function claimRows({ stored: { event } }: ThreadStep): PublicationClaimRow[] {
  if (event.type !== 'PiecePublished') return [];
  const { publicationId, reliesOn } = event.data;
  return reliesOn.map((claimId) => ({ publicationId, claimId }));
}

function withdrawal({ stored }: ThreadStep): Partial<PublicationRow>[] {
  const { event, id, recordedAt } = stored;
  if (event.type !== 'PieceWithdrawn') return [];
  const { publicationId, reason } = event.data;
  return [{ publicationId, withdrawnAt: recordedAt, withdrawnReason: reason, withdrawnEventId: id }];
}
