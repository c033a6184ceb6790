import type { ClaimStatus, ThreadStatus } from '../api/types.js';
import { StatusGlyph } from './status-glyph.js';
import { CLAIM_MEANINGS, THREAD_MEANINGS } from './status-meanings.js';
import './status.css';

/** Colour, shape and word. */
export function ClaimStatusMark({ status, basis }: { readonly status: ClaimStatus; readonly basis?: string | null }) {
  const { word, says } = CLAIM_MEANINGS[status];
  return (
    <span className={`status tone-${status}`} title={says}>
      <StatusGlyph status={status} />
      <span>{word}</span>
      {basis != null && <span className="basis">{basis === 'multiple' ? 'by several' : 'by one'}</span>}
    </span>
  );
}

export function ThreadStatusMark({ status }: { readonly status: ThreadStatus }) {
  const { word, says } = THREAD_MEANINGS[status];
  return (
    <span className={`status tone-${status}`} title={says}>
      <StatusGlyph status={status} />
      <span>{word}</span>
    </span>
  );
}
