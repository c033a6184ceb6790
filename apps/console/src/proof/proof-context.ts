import { createContext, useContext } from 'react';

/** Shows the proof of events; what stands in no thread shows none. */
export const ProofContext = createContext<(eventIds: readonly string[]) => void>(() => undefined);

export function useShowProof(): (eventIds: readonly string[]) => void {
  return useContext(ProofContext);
}
