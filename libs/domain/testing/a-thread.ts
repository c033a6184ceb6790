import type { NewAttribution, NewClaim } from '../thread/thread.commands.js';
import type { SourceSnapshot, ThreadDetails, ThreadEvent } from '../thread/thread.events.js';
import { moment } from './words.js';

/* One small thread to decide upon. */

export const details: ThreadDetails = {
  slug: 'kim-putin-visit',
  headline: 'Kim expected in Russia',
  desk: 'asia',
  topics: ['russia'],
  language: 'en',
};
export const opened: ThreadEvent = {
  type: 'ThreadOpened',
  data: { threadId: 'thread', ...details, policy: 'standard-1' },
};

export const visit: NewClaim = {
  claimId: 'claim-visit',
  key: 'visit',
  statement: 'Kim will visit Russia',
  core: true,
  standing: ['kremlin'],
};
export const talks: NewClaim = { ...visit, claimId: 'claim-talks', key: 'talks', statement: 'They will talk' };
export const visitOpened: ThreadEvent = { type: 'ClaimOpened', data: visit };
export const talksOpened: ThreadEvent = { type: 'ClaimOpened', data: talks };

export function source(sourceId: string, kind: SourceSnapshot['kind'] = 'agency'): SourceSnapshot {
  return { sourceId, kind, group: `${kind}:${sourceId}`, trustedConduit: false };
}

/** The Kremlin confirms the visit, via TASS. */
export const confirmation: NewAttribution = {
  attributionId: 'attribution-1',
  claimId: visit.claimId,
  key: 'wire-1',
  stance: 'confirm',
  speaker: source('kremlin', 'government'),
  via: [source('tass')],
  onRecord: true,
  vouchedBy: null,
  tentative: false,
  standing: null,
  statedAt: moment(0),
  quote: 'The visit will take place.',
  url: null,
  note: null,
};
export const confirmed: ThreadEvent = {
  type: 'ClaimConfirmed',
  data: (({ stance: _, ...facts }) => ({ ...facts, standing: true }))(confirmation),
};
export const closed: ThreadEvent = { type: 'ThreadClosed', data: { reason: 'Over.' } };
