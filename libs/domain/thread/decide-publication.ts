import { Refusal } from '../refusal.js';
import { assessThread } from '../status/assess-thread.js';
import type { ClaimId } from '../vocabulary.js';
import type { PublishPiece, WithdrawPiece } from './thread.commands.js';
import type { ThreadEvent } from './thread.events.js';
import type { PublicationRecord, ThreadState } from './thread.state.js';
import { unknownClaim } from './unknown-claim.js';

/** What a piece rests on unless it says otherwise: the core claims that stand as confirmed or corroborated. */
export function firmCoreClaims(state: ThreadState): readonly ClaimId[] {
  return [...assessThread(state).claims.values()]
    .filter(({ core, status }) => core && (status === 'confirmed' || status === 'corroborated'))
    .map(({ claimId }) => claimId);
}

/** A piece that goes out again, changed or resting on something else, is a publication of its own. */
export function decidePublish(command: PublishPiece, state: ThreadState): readonly ThreadEvent[] {
  const { publicationId, piece, title, publishedAt, revision } = command;
  if (state.publications.has(publicationId)) return [];
  if (revision !== null && revision > state.revision) {
    throw new Refusal(
      'revision_ahead',
      `Thread ${state.threadId} has no revision ${revision} yet. Its last one is ${state.revision}.`,
      '/revision',
    );
  }
  command.reliesOn?.forEach((claimId, index) => {
    if (!state.claims.has(claimId)) throw unknownClaim(claimId, `/claims/${index}`);
  });
  const known = state.publications.get(state.publicationIdByPiece.get(piece) ?? '');
  if (known !== undefined && isSamePublication(command, known)) return [];
  const pinnedRevision = (revision ?? state.revision).toString();
  const reliesOn = command.reliesOn ?? firmCoreClaims(state);
  return [{ type: 'PiecePublished', data: { publicationId, piece, title, publishedAt, pinnedRevision, reliesOn } }];
}

/** What the command leaves open was settled when the piece was published first. */
function isSamePublication(
  { title, publishedAt, revision, reliesOn }: PublishPiece,
  known: PublicationRecord,
): boolean {
  return (
    !known.withdrawn &&
    known.title === title &&
    known.publishedAt === publishedAt &&
    (revision === null || known.pinnedRevision === revision.toString()) &&
    (reliesOn === null || known.reliesOn.toSorted().join() === [...reliesOn].sort().join())
  );
}

export function decideWithdraw({ publicationId, reason }: WithdrawPiece, state: ThreadState): readonly ThreadEvent[] {
  const known = state.publications.get(publicationId);
  if (known === undefined) {
    throw new Refusal(
      'publication_not_found',
      `Thread ${state.threadId} has no publication ${publicationId}. GET its publications to see their ids.`,
    );
  }
  return known.withdrawn ? [] : [{ type: 'PieceWithdrawn', data: { publicationId, reason } }];
}
