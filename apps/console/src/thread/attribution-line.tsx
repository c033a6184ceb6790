import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Attribution, Source } from '../api/types.js';
import { Moment } from '../moments/moment.js';
import { useShowProof } from '../proof/proof-context.js';
import { nameOf } from '../sources/source-picker.js';
import { STANCE_WORDS } from '../status/status-meanings.js';

interface LineProps {
  readonly attribution: Attribution;
  readonly sources: ReadonlyMap<string, Source>;
  /** Why it does not count, or what can be done with it. */
  readonly children?: ReactNode;
}

/** Who said it, through whom, when, and in which words. */
export function AttributionLine({ attribution, sources, children }: LineProps) {
  const showProof = useShowProof();
  const { stance, speaker, via, tentative, onRecord, vouchedBy, standing, statedAt, quote, note, url, eventId } =
    attribution;
  return (
    <div className={`attribution stance-${stance}`}>
      <p className="said">
        <strong>
          {speaker === null ? (
            'An unknown speaker'
          ) : (
            <Link href={`/sources/${speaker.sourceId}`}>{nameOf(sources.get(speaker.sourceId)) || '…'}</Link>
          )}
        </strong>{' '}
        <span className="stance">{STANCE_WORDS[stance]}</span>
        {via.length > 0 && (
          <span className="via">
            {' '}
            via{' '}
            {via.map(({ sourceId }, index) => (
              <span key={sourceId}>
                {index > 0 && ' → '}
                {nameOf(sources.get(sourceId)) || '…'}
              </span>
            ))}
          </span>
        )}
      </p>
      <p className="circumstances">
        <span>
          said <Moment at={statedAt} />
        </span>
        {standing && <span className="tag">party or authority</span>}
        {tentative && <span className="tag">hedged</span>}
        {!onRecord && <span className="tag">unnamed</span>}
        {vouchedBy !== null && <span className="tag">vouched for by {vouchedBy}</span>}
        {url !== null && (
          <a href={url} rel="noreferrer" target="_blank">
            where it was said
          </a>
        )}
        <button
          type="button"
          className="quiet no-print"
          aria-label={`Proof of what ${speaker === null ? 'an unknown speaker' : nameOf(sources.get(speaker.sourceId))} said`}
          onClick={() => showProof([eventId])}
        >
          Proof
        </button>
      </p>
      {quote !== null && <blockquote>{quote}</blockquote>}
      {note !== null && <p className="note">Our note: {note}</p>}
      {children}
    </div>
  );
}
