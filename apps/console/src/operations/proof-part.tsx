import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import { Moment } from '../moments/moment.js';
import { useMay } from '../session/session.js';
import { Fault } from './fault.js';

const CHECKPOINTS = ['proof', 'checkpoints'];

/** What anybody can prove of the log, and with which keys. */
export function ProofPart() {
  const queries = useQueryClient();
  const isAdmin = useMay('admin');
  const checkpoints = useQuery({
    queryKey: CHECKPOINTS,
    queryFn: ({ signal }) => answer(api.GET('/v1/proof/checkpoints', { params: { query: { limit: 20 } }, signal })),
  });
  const keys = useQuery({
    queryKey: ['proof', 'keys'],
    queryFn: ({ signal }) => answer(api.GET('/v1/proof/keys', { signal })),
  });
  const sign = useMutation({
    mutationFn: () => answer(api.POST('/v1/proof/checkpoints')),
    onSuccess: () => queries.invalidateQueries({ queryKey: CHECKPOINTS }),
  });
  const failure = checkpoints.error ?? keys.error ?? sign.error;
  return (
    <>
      <p>
        The log is a Merkle tree. A signed checkpoint holds its root: whoever has an old one can prove that nothing
        before it was changed or taken out.
      </p>
      {failure !== null && <Fault text={failure.message} />}
      {isAdmin && (
        <p className="actions no-print">
          <button type="button" className="primary" disabled={sign.isPending} onClick={() => sign.mutate()}>
            Sign the log as it is now
          </button>
          {sign.data !== undefined && <span role="status">The latest checkpoint holds {sign.data.size} events.</span>}
        </p>
      )}
      <section aria-labelledby="checkpoints">
        <h2 id="checkpoints">Checkpoints</h2>
        {checkpoints.data?.items.length === 0 && <p className="hint">Nothing has been signed yet.</p>}
        <ul className="list">
          {checkpoints.data?.items.map(({ size, root, note, signedAt }) => (
            <li key={`${size} ${signedAt}`}>
              <details>
                <summary>
                  <strong>{size} events</strong>, signed <Moment at={signedAt} /> <code className="root">{root}</code>
                </summary>
                <pre>{note}</pre>
              </details>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="public-keys">
        <h2 id="public-keys">Public keys</h2>
        {keys.data?.items.length === 0 && <p className="hint">There is no signing key yet.</p>}
        <ul className="list">
          {keys.data?.items.map(({ id, name, verifierKey, addedAt }) => (
            <li key={id}>
              <strong>{name}</strong>, since <Moment at={addedAt} />
              <pre>{verifierKey}</pre>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
