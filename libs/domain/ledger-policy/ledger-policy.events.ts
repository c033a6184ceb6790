import type { PolicyName } from '../status/policy.js';

/* Stored contract: see thread.events.ts. */

/** Threads opened from here on stand under this policy. Those that are there stay under theirs. */
export interface PolicyAdopted {
  readonly type: 'PolicyAdopted';
  readonly data: { readonly policy: PolicyName; readonly reason: string };
}

export type LedgerPolicyEvent = PolicyAdopted;
