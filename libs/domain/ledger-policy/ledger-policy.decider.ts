import type { Decider } from '../decider.js';
import type { PolicyName } from '../status/policy.js';
import type { Instant } from '../vocabulary.js';
import type { LedgerPolicyEvent } from './ledger-policy.events.js';

export interface AdoptPolicy {
  readonly type: 'AdoptPolicy';
  readonly policy: PolicyName;
  readonly reason: string;
}

/** Which policy new threads open under. Owned by whoever folds it: `evolve` changes it in place. */
export interface LedgerPolicyState {
  policy: PolicyName;
  /** Null: nobody has chosen yet. */
  reason: string | null;
  since: Instant | null;
}

export const ledgerPolicyDecider: Decider<LedgerPolicyState, AdoptPolicy, LedgerPolicyEvent> = {
  initialState: () => ({ policy: 'standard-1', reason: null, since: null }),
  decide: ({ policy, reason }, state) =>
    state.policy === policy ? [] : [{ type: 'PolicyAdopted', data: { policy, reason } }],
  evolve: (state, { event, recordedAt }) =>
    Object.assign(state, { policy: event.data.policy, reason: event.data.reason, since: recordedAt }),
};
