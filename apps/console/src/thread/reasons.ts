/** What each rule of the policy `standard-1` says, in short. */
const RULES: Readonly<Record<string, string>> = {
  R1: 'Nothing counts',
  R2: 'Parties or authorities say yes and no',
  R3: 'A party or authority says no',
  R4: 'A party or authority says yes',
  R5: 'Independent voices stand on both sides',
  R6: 'Two or more independent voices say yes',
  R7: 'One independent voice says yes',
  R8: 'Independent voices only say no',
  R9: 'Only unnamed speakers for whom nobody vouches',
};

export function ruleText(rule: string): string {
  return RULES[rule] ?? 'A rule that this page does not know yet';
}

const SET_ASIDE: Readonly<Record<string, { readonly word: string; readonly why: string }>> = {
  echo: { word: 'Echo', why: 'the same speaker’s words through another carrier count once' },
  superseded: { word: 'Superseded', why: 'the same speaker has said something later' },
  retracted: { word: 'Retracted', why: 'its speaker or a carrier took it back' },
  voided: { word: 'Voided', why: 'it was our own slip' },
  corrected: { word: 'Corrected', why: 'another attribution counts in its place' },
  unvouched: { word: 'Unvouched', why: 'an unnamed speaker for whom nobody vouches' },
  no_comment: { word: 'No comment', why: 'declining to comment moves nothing' },
};

export function setAsideText(reason: string): { readonly word: string; readonly why: string } {
  return SET_ASIDE[reason] ?? { word: reason.replaceAll('_', ' '), why: '' };
}

const ORIGINS: Readonly<Record<string, string>> = {
  ruling: 'An editor’s ruling',
  exclusive_set: 'A rival claim is confirmed',
  mooted: 'Marked moot by an editor',
  lapsed: 'Marked lapsed by an editor',
};

/** Null: the rules alone decide. */
export function originText(origin: string): string | null {
  return ORIGINS[origin] ?? null;
}
