import { createContext, useContext } from 'react';
import type { Attribution, Claim, Publication } from '../api/types.js';

/** What somebody has asked to do to the thread that is shown. */
export type Action =
  | { readonly kind: 'record'; readonly claimId: string | null }
  | { readonly kind: 'open-claim' }
  | { readonly kind: 'reword' | 'rule' | 'lift' | 'moot' | 'lapse'; readonly claim: Claim }
  | { readonly kind: 'correct' | 'retract' | 'void'; readonly attribution: Attribution }
  | { readonly kind: 'publish' }
  | { readonly kind: 'withdraw'; readonly publication: Publication }
  | { readonly kind: 'revise' | 'close' | 'reopen' | 'merge' | 'unmerge' | 'exclude' };

/** Null where nothing can be done: in the past, or without the role. */
export const ActContext = createContext<((action: Action) => void) | null>(null);

export function useAct(): ((action: Action) => void) | null {
  return useContext(ActContext);
}
