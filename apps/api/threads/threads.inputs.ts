import type { AttributionInput, ClaimInput, OpenThreadInput } from '#application';
import type { AttributionRequest, ClaimRequest, OpenThreadRequest } from './threads.requests.js';

/* What a request leaves out, filled in: the defaults of the API stand here and nowhere else. */

export function claimInput({ key = null, statement, core = true, standing = [] }: ClaimRequest): ClaimInput {
  return { key, statement, core, standing };
}

export function attributionInput(request: AttributionRequest): AttributionInput {
  const { claim, stance, statedAt } = request;
  return {
    claim,
    stance,
    statedAt,
    key: request.key ?? null,
    speaker: request.source ?? null,
    via: request.via ?? [],
    onRecord: request.onRecord ?? true,
    vouchedBy: request.vouchedBy ?? null,
    tentative: request.tentative ?? false,
    standing: request.standing ?? null,
    quote: request.quote ?? null,
    url: request.url ?? null,
    note: request.note ?? null,
  };
}

export function openThreadInput(request: OpenThreadRequest): OpenThreadInput {
  const { slug, headline, desk, topics = [], language = 'en', claims = [], attributions = [] } = request;
  return {
    slug,
    headline,
    desk,
    topics,
    language,
    claims: claims.map(claimInput),
    attributions: attributions.map(attributionInput),
  };
}

/** Without the fields that were left out, which a class instance holds as undefined. */
export function given<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
