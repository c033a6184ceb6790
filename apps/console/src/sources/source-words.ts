import type { Rating, SourceKind } from '../api/types.js';

/* Keyed, so that a kind or rating that the API adds or drops stops this from compiling. */

export const KIND_WORDS: Readonly<Record<SourceKind, string>> = {
  agency: 'Agency',
  outlet: 'Outlet',
  government: 'Government',
  official: 'Official',
  organisation: 'Organisation',
  person: 'Person',
  unnamed: 'Unnamed',
};

export const RATING_WORDS: Readonly<Record<Rating, string>> = {
  A: 'A: reliable',
  B: 'B: usually reliable',
  C: 'C: fairly reliable',
  D: 'D: not usually reliable',
  E: 'E: unreliable',
  F: 'F: cannot be judged',
};

export const KINDS = Object.entries(KIND_WORDS) as [SourceKind, string][];
export const RATINGS = Object.entries(RATING_WORDS) as [Rating, string][];

export function isSourceKind(text: string): text is SourceKind {
  return Object.hasOwn(KIND_WORDS, text);
}
