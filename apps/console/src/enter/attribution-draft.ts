import type { Attribution, AttributionRequest, Claim, Stance } from '../api/types.js';
import { textOrNull } from '../forms/draft.js';
import { fromLocalInput, nowAsInput, toLocalInput } from '../forms/local-time.js';

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
    statedAt: nowAsInput(),
    quote: '',
    url: '',
    note: '',
  };
}

/** A correction begins with what it replaces. */
export function draftOf(attribution: Attribution, claims: readonly Claim[]): AttributionDraft {
  const { claimId, stance, speaker, via, onRecord, vouchedBy, tentative, statedAt, quote, url, note } = attribution;
  return {
    claim: claimId,
    stance,
    source: speaker?.sourceId ?? '',
    via: via.map(({ sourceId }) => sourceId),
    onRecord,
    vouchedBy: vouchedBy ?? '',
    tentative,
    standing: standingOf(attribution, claims),
    statedAt: toLocalInput(new Date(statedAt)),
    quote: quote ?? '',
    url: url ?? '',
    note: note ?? '',
  };
}

/** Said by name only where it is not what the claim lists. */
function standingOf(
  { claimId, speaker, standing }: Attribution,
  claims: readonly Claim[],
): AttributionDraft['standing'] {
  const listed = claims.find((claim) => claim.claimId === claimId)?.standing ?? [];
  const isListed = speaker !== null && listed.includes(speaker.sourceId);
  return standing === isListed ? '' : standing ? 'yes' : 'no';
}

export function requestOf(draft: AttributionDraft): AttributionRequest {
  const { claim, stance, onRecord, tentative, statedAt, source, via, standing } = draft;
  return {
    claim,
    stance,
    onRecord,
    tentative,
    statedAt: fromLocalInput(statedAt),
    source: source === '' ? null : source,
    via: via.filter((id) => id !== ''),
    vouchedBy: onRecord ? null : textOrNull(draft.vouchedBy),
    standing: standing === '' ? null : standing === 'yes',
    quote: textOrNull(draft.quote),
    url: textOrNull(draft.url),
    note: textOrNull(draft.note),
  };
}
