import type { Attribution, Claim, ThreadDetail } from '../api/types.js';
import { useMay } from '../session/session.js';
import { useAct } from './actions.js';
import './actions.css';

export function ThreadActions({ detail }: { readonly detail: ThreadDetail }) {
  const act = useAct();
  const isEditor = useMay('editor');
  if (act === null) return null;
  const { lifecycle, claims } = detail;
  const isActive = lifecycle === 'active';
  return (
    <p className="actions no-print">
      {isActive && claims.length > 0 && (
        <button type="button" className="primary" onClick={() => act({ kind: 'record', claimId: null })}>
          Record a word
        </button>
      )}
      {isActive && (
        <button type="button" onClick={() => act({ kind: 'open-claim' })}>
          Add a claim
        </button>
      )}
      {lifecycle !== 'merged' && (
        <button type="button" onClick={() => act({ kind: 'revise' })}>
          Edit
        </button>
      )}
      {isEditor && (
        <>
          {claims.length > 1 && isActive && (
            <button type="button" onClick={() => act({ kind: 'exclude' })}>
              Claims that exclude each other
            </button>
          )}
          {isActive && (
            <>
              <button type="button" onClick={() => act({ kind: 'merge' })}>
                Merge
              </button>
              <button type="button" onClick={() => act({ kind: 'close' })}>
                Close
              </button>
            </>
          )}
          {lifecycle === 'closed' && (
            <button type="button" onClick={() => act({ kind: 'reopen' })}>
              Reopen
            </button>
          )}
          {lifecycle === 'merged' && (
            <button type="button" onClick={() => act({ kind: 'unmerge' })}>
              Undo the merge
            </button>
          )}
        </>
      )}
    </p>
  );
}

export function ClaimActions({ claim }: { readonly claim: Claim }) {
  const act = useAct();
  const isEditor = useMay('editor');
  if (act === null) return null;
  const isSet = claim.origin === 'mooted' || claim.origin === 'lapsed';
  return (
    <p className="actions no-print">
      <button type="button" onClick={() => act({ kind: 'record', claimId: claim.claimId })}>
        Record a word on this
      </button>
      <button type="button" onClick={() => act({ kind: 'reword', claim })}>
        Reword
      </button>
      {isEditor && (
        <>
          <button type="button" onClick={() => act({ kind: 'rule', claim })}>
            Rule
          </button>
          {claim.ruling !== null && (
            <button type="button" onClick={() => act({ kind: 'lift', claim })}>
              Lift the ruling
            </button>
          )}
          {!isSet && (
            <>
              <button type="button" onClick={() => act({ kind: 'moot', claim })}>
                Moot
              </button>
              <button type="button" onClick={() => act({ kind: 'lapse', claim })}>
                Lapsed
              </button>
            </>
          )}
        </>
      )}
    </p>
  );
}

/** What was taken back cannot be taken back again. */
export function AttributionActions({ attribution }: { readonly attribution: Attribution }) {
  const act = useAct();
  const isEditor = useMay('editor');
  if (act === null || attribution.takenBackHow !== null) return null;
  const isSpoken = attribution.speaker !== null || attribution.via.length > 0;
  return (
    <p className="line-actions no-print">
      {isSpoken && (
        <>
          <button type="button" className="quiet" onClick={() => act({ kind: 'correct', attribution })}>
            Correct
          </button>
          <button type="button" className="quiet" onClick={() => act({ kind: 'retract', attribution })}>
            Retract
          </button>
        </>
      )}
      {isEditor && (
        <button type="button" className="quiet" onClick={() => act({ kind: 'void', attribution })}>
          Void
        </button>
      )}
    </p>
  );
}
