import { describe, expect, it } from 'vitest';
import { specOf } from '../testing/given.js';
import { moment } from '../testing/words.js';
import { type AdoptPolicy, ledgerPolicyDecider } from './ledger-policy.decider.js';
import type { LedgerPolicyEvent } from './ledger-policy.events.js';

const { given, stateAfter } = specOf(ledgerPolicyDecider);
const reason = 'One wire is one voice.';
const adopt: AdoptPolicy = { type: 'AdoptPolicy', policy: 'standard-2', reason };
const adopted: LedgerPolicyEvent = { type: 'PolicyAdopted', data: { policy: 'standard-2', reason } };

describe('the policy that new threads open under', () => {
  it('is standard-1 until somebody chooses', () => {
    expect(stateAfter([])).toEqual({ policy: 'standard-1', reason: null, since: null });
    given()
      .when({ ...adopt, policy: 'standard-1' })
      .thenNothing();
  });
  it('is the one that was chosen last', () => {
    given().when(adopt).then(adopted);
    expect(stateAfter([adopted])).toEqual({ policy: 'standard-2', reason, since: moment(0) });
    const back: LedgerPolicyEvent = { type: 'PolicyAdopted', data: { policy: 'standard-1', reason } };
    given(adopted)
      .when({ ...adopt, policy: 'standard-1' })
      .then(back);
  });
});
