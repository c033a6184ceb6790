import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { Downgrade, Publication } from '../api/types.js';
import { afterWritten } from '../api/written.js';
import { useAct } from '../enter/actions.js';
import { Moment } from '../moments/moment.js';
import { ClaimStatusMark } from '../status/status-mark.js';
import { wordOf } from '../status/status-meanings.js';

interface PanelProps {
  readonly thread: string;
  readonly onShow: (revision: string) => void;
}

/** What went out from this thread, and what of it rests on claims that have fallen since. */
export function PublicationsPanel({ thread, onShow }: PanelProps) {
  const act = useAct();
  const publications = useQuery({
    queryKey: ['thread', thread, 'publications'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/v1/threads/{thread}/publications', {
          params: { path: { thread }, query: { limit: 100, ...afterWritten() } },
          signal,
        }),
      ),
  });
  const downgrades = useQuery({
    queryKey: ['thread', thread, 'downgrades'],
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/publications/downgrades', { params: { query: { thread, ...afterWritten() } }, signal })),
  });
  const items = publications.data?.items ?? [];
  if (items.length === 0 && act === null) return null;
  return (
    <section aria-labelledby="publications" className="publications">
      <h2 id="publications">Published</h2>
      {downgrades.data?.items.map((downgrade) => (
        <DowngradeNote
          key={`${downgrade.publication.publicationId} ${downgrade.claim.claimId}`}
          downgrade={downgrade}
        />
      ))}
      {items.length === 0 && <p className="hint">Nothing has gone out from this thread yet.</p>}
      <ul>
        {items.map((publication) => (
          <PublicationLine key={publication.publicationId} publication={publication} onShow={onShow} />
        ))}
      </ul>
      {act !== null && (
        <p className="actions no-print">
          <button type="button" onClick={() => act({ kind: 'publish' })}>
            Record that a piece went out
          </button>
        </p>
      )}
    </section>
  );
}

function DowngradeNote({ downgrade }: { readonly downgrade: Downgrade }) {
  const { publication, claim, from, to, now, cause } = downgrade;
  const what = publication.title ?? publication.piece;
  if (now === 'risen') {
    return (
      <p className="hint">
        “{what}” rests on “{claim.statement}”, which fell to {wordOf(to).toLowerCase()} and stands as firmly again.
      </p>
    );
  }
  return (
    <p className="refusal downgrade">
      <strong>Look at “{what}” again.</strong> It rests on “{claim.statement}”, which was {wordOf(from).toLowerCase()}{' '}
      when it went out and is {wordOf(claim.status).toLowerCase()} now: recorded by {cause.actorName},{' '}
      <Moment at={cause.recordedAt} />.
    </p>
  );
}

interface LineProps {
  readonly publication: Publication;
  readonly onShow: (revision: string) => void;
}

function PublicationLine({ publication, onShow }: LineProps) {
  const act = useAct();
  const { piece, title, publishedAt, pinnedRevision, state, claims, withdrawnReason } = publication;
  const isAddress = /^https?:\/\//.test(piece);
  return (
    <li>
      <p>
        {isAddress ? (
          <a href={piece} rel="noreferrer" target="_blank">
            {title ?? piece}
          </a>
        ) : (
          <strong>{title ?? piece}</strong>
        )}{' '}
        <span className="hint">
          went out <Moment at={publishedAt} />
        </span>{' '}
        {state !== 'standing' && <span className="tag">{state}</span>}
        {withdrawnReason !== null && <span className="hint"> “{withdrawnReason}”</span>}
      </p>
      <ul className="relied">
        {claims.map(({ claimId, statement, status }) => (
          <li key={claimId}>
            <ClaimStatusMark status={status} /> {statement}
          </li>
        ))}
      </ul>
      <p className="line-actions no-print">
        <button type="button" className="quiet" onClick={() => onShow(pinnedRevision)}>
          What we knew then
        </button>
        {act !== null && state === 'standing' && (
          <button type="button" className="quiet" onClick={() => act({ kind: 'withdraw', publication })}>
            Withdraw
          </button>
        )}
      </p>
    </li>
  );
}
