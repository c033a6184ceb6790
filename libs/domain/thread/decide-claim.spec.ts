import { describe, it } from 'vitest';
import { opened, talks, talksOpened, visit, visitOpened } from '../testing/a-thread.js';
import { specOf } from '../testing/given.js';
import { threadDecider } from './thread.decider.js';
import type { ThreadEvent } from './thread.events.js';

const { given } = specOf(threadDecider);
const reason = 'For the record.';

describe('claims', () => {
  it('are opened once for a key', () => {
    given(opened).when({ type: 'OpenClaim', claim: visit }).then(visitOpened);
    given(opened, visitOpened)
      .when({ type: 'OpenClaim', claim: { ...visit, claimId: 'other' } })
      .thenNothing();
    given(opened, visitOpened)
      .when({ type: 'OpenClaim', claim: { ...visit, claimId: 'other', statement: 'Something else' } })
      .thenRefuses('claim_key_taken', '/key');
  });
  it('are reworded, as a whole', () => {
    given(opened, visitOpened)
      .when({ type: 'RewordClaim', claimId: visit.claimId, changes: { core: false }, reason })
      .then({
        type: 'ClaimReworded',
        data: { claimId: visit.claimId, statement: visit.statement, core: false, standing: ['kremlin'], reason },
      });
    given(opened).when({ type: 'RewordClaim', claimId: 'none', changes: {}, reason }).thenRefuses('claim_not_found');
  });
  it('become moot or lapsed, once', () => {
    const moot: ThreadEvent = { type: 'ClaimMooted', data: { claimId: visit.claimId, reason } };
    const lapsed: ThreadEvent = { type: 'ClaimLapsed', data: { claimId: visit.claimId, reason } };
    given(opened, visitOpened).when({ type: 'MootClaim', claimId: visit.claimId, reason }).then(moot);
    given(opened, visitOpened).when({ type: 'LapseClaim', claimId: visit.claimId, reason }).then(lapsed);
    given(opened, visitOpened, moot)
      .when({ type: 'LapseClaim', claimId: visit.claimId, reason })
      .thenRefuses('claim_already_settled');
    given(opened, visitOpened, lapsed)
      .when({ type: 'MootClaim', claimId: visit.claimId, reason })
      .thenRefuses('claim_already_settled');
  });
  it('exclude each other, whatever their order', () => {
    const claimIds = [visit.claimId, talks.claimId];
    given(opened, visitOpened, talksOpened)
      .when({ type: 'MakeClaimsExclusive', setId: 'set', claimIds })
      .then({ type: 'ClaimsMadeExclusive', data: { setId: 'set', claimIds } });
    given(opened, visitOpened, talksOpened, { type: 'ClaimsMadeExclusive', data: { setId: 'set', claimIds } })
      .when({ type: 'MakeClaimsExclusive', setId: 'again', claimIds: claimIds.toReversed() })
      .thenNothing();
    given(opened, visitOpened)
      .when({ type: 'MakeClaimsExclusive', setId: 'set', claimIds: [visit.claimId, visit.claimId] })
      .thenRefuses('exclusive_set_too_small', '/claims');
    given(opened, visitOpened)
      .when({ type: 'MakeClaimsExclusive', setId: 'set', claimIds: [visit.claimId, 'none'] })
      .thenRefuses('claim_not_found');
  });
  it('are ruled on, and the ruling is replaced or lifted', () => {
    const rule = { type: 'RuleClaim', claimId: visit.claimId, rulingId: 'ruling-1', status: 'denied', reason } as const;
    const { type: _, ...ruling } = rule;
    const ruled: ThreadEvent = { type: 'ClaimRuled', data: ruling };
    given(opened, visitOpened).when(rule).then(ruled);
    given(opened, visitOpened, ruled)
      .when({ ...rule, rulingId: 'ruling-2', status: 'open' })
      .then({ type: 'ClaimRuled', data: { ...ruling, rulingId: 'ruling-2', status: 'open' } });
    given(opened, visitOpened, ruled)
      .when({ type: 'LiftRuling', claimId: visit.claimId, reason })
      .thenOnly({ type: 'RulingLifted', data: { claimId: visit.claimId, rulingId: 'ruling-1', reason } });
    given(opened, visitOpened)
      .when({ type: 'LiftRuling', claimId: visit.claimId, reason })
      .thenRefuses('ruling_not_found');
  });
});
