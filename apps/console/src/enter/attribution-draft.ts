import type { Attribution, AttributionRequest, Stance } from '../api/types.js';
import { fromLocalInput, toLocalInput } from '../forms/local-time.js';

/** An attribution that is being written. */
export interface AttributionDraft {
  readonly claim: string;
  readonly stance: Stance;
  /** Ids; '' for an unknown speaker. */
  readonly source: string;
  readonly via: readonly string[];
  readonly onRecord: boolean;
  readonly vouchedBy: string;
  readonly tentative: boolean;
  /** '' as the claim lists it. */
  readonly standing: '' | 'yes' | 'no';
  /** Of a `datetime-local`. */
  readonly statedAt: string;
  readonly quote: string;
  readonly url: string;
  readonly note: string;
}

export function newDraft(claim: string): AttributionDraft {
  return {
    claim,
    stance: 'report',
    source: '',
    via: [],
    onRecord: true,
    vouchedBy: '',
    tentative: false,
    standing: '',
    statedAt: toLocalInput(new Date()),
    quote: '',
    url: '',
    note: '',
  };
}

/** A correction begins with what it replaces. */
export function draftOf(attribution: Attribution): AttributionDraft {
  const { claimId, stance, speaker, via, onRecord, vouchedBy, tentative, statedAt, quote, url, note } = attribution;
  return {
    claim: claimId,
    stance,
    source: speaker?.sourceId ?? '',
    via: via.map(({ sourceId }) => sourceId),
    onRecord,
    vouchedBy: vouchedBy ?? '',
    tentative,
    standing: '',
    statedAt: toLocalInput(new Date(statedAt)),
    quote: quote ?? '',
    url: url ?? '',
    note: note ?? '',
  };
}

export function requestOf(draft: AttributionDraft): AttributionRequest {
  const { claim, stance, onRecord, tentative, statedAt, source, via, standing } = draft;
  const text = (value: string) => (value.trim() === '' ? null : value);
  return {
    claim,
    stance,
    onRecord,
    tentative,
    statedAt: fromLocalInput(statedAt),
    source: source === '' ? null : source,
    via: via.filter((id) => id !== ''),
    vouchedBy: onRecord ? null : text(draft.vouchedBy),
    standing: standing === '' ? null : standing === 'yes',
    quote: text(draft.quote),
    url: text(draft.url),
    note: text(draft.note),
  };
}
