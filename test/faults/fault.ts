import type { SeededEvents } from '#event-store/testing';
import type { LedgerUnderFault } from './ledger-under-fault.js';

/** Something that goes wrong, and comes right again. */
export interface Fault {
  readonly name: string;
  /** What of this machine is missing for it, in words; null when nothing is. */
  missing(ledger: LedgerUnderFault): string | null;
  /** Resolves once it is over, with what was done in words. */
  strike(ledger: LedgerUnderFault, chance: SeededEvents): Promise<string>;
}

export function onAnyMachine(name: string, strike: Fault['strike']): Fault {
  return { name, missing: () => null, strike };
}
