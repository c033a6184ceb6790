import type { ClaimStatus, Stance, ThreadStatus } from '../api/types.js';

export type Status = ClaimStatus | ThreadStatus;

export interface Meaning {
  readonly word: string;
  /** One sentence, for whoever meets the word first here. */
  readonly says: string;
}

/** Of claims. */
export const CLAIM_MEANINGS: Readonly<Record<ClaimStatus, Meaning>> = {
  open: { word: 'Open', says: 'Nobody has spoken on it yet.' },
  no_comment: { word: 'No comment', says: 'Asked; neither confirmed nor denied.' },
  unverified: { word: 'Unverified', says: 'Only unnamed speakers for whom nobody vouches.' },
  reported: { word: 'Reported', says: 'One independent voice says so.' },
  tentative: { word: 'Tentative', says: 'Said with a hedge: likely, possible, may.' },
  corroborated: { word: 'Corroborated', says: 'Two or more independent voices say so.' },
  confirmed: { word: 'Confirmed', says: 'A party or authority says yes, on the record.' },
  disputed: { word: 'Disputed', says: 'Voices that count stand on both sides.' },
  doubted: { word: 'Doubted', says: 'Independent voices deny it and none reports it.' },
  denied: { word: 'Denied', says: 'A party or authority says no, on the record.' },
  retracted: { word: 'Retracted', says: 'Who said it has taken it back.' },
  moot: { word: 'Moot', says: 'Events, or a confirmed rival, have passed it by.' },
  lapsed: { word: 'Lapsed', says: 'Its time passed without an outcome.' },
};

/** Of threads. */
export const THREAD_MEANINGS: Readonly<Record<ThreadStatus, Meaning>> = {
  open: { word: 'Open', says: 'Nobody has spoken on a core claim yet.' },
  developing: { word: 'Developing', says: 'Core claims are spoken of; none is confirmed yet.' },
  partly_confirmed: { word: 'Partly confirmed', says: 'Some core claims are confirmed, none has fallen.' },
  confirmed: { word: 'Confirmed', says: 'Every core claim is confirmed.' },
  disputed: { word: 'Disputed', says: 'A core claim is disputed.' },
  mixed: { word: 'Mixed', says: 'Some core claims are confirmed, others denied or retracted.' },
  denied: { word: 'Denied', says: 'Every core claim has fallen; one at least is denied.' },
  retracted: { word: 'Retracted', says: 'Every core claim is retracted.' },
  settled: { word: 'Settled', says: 'No core claim is left: all are moot or lapsed.' },
};

export const STANCE_WORDS: Readonly<Record<Stance, string>> = {
  report: 'reports',
  confirm: 'confirms',
  deny: 'denies',
  no_comment: 'declines to comment',
};

const MEANINGS: Readonly<Record<string, Meaning | undefined>> = { ...THREAD_MEANINGS, ...CLAIM_MEANINGS };

export function isStatus(text: string): text is Status {
  return MEANINGS[text] !== undefined;
}

export function wordOf(status: string): string {
  return MEANINGS[status]?.word ?? status.replaceAll('_', ' ');
}
