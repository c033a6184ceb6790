import { describe, expect, it } from 'vitest';
import { STANDARD_1, STANDARD_2 } from '../status/policy.js';
import { closed, confirmation, confirmed, details, opened, talks, visit, visitOpened } from '../testing/a-thread.js';
import { specOf } from '../testing/given.js';
import type { ThreadCommand } from './thread.commands.js';
import { threadDecider } from './thread.decider.js';
import type { ThreadEvent } from './thread.events.js';

const { given, stateAfter } = specOf(threadDecider);
const record: ThreadCommand = { type: 'RecordAttribution', attribution: confirmation };
const reason = 'For the record.';

describe('opening and revising a thread', () => {
  const open: ThreadCommand = {
    type: 'OpenThread',
    threadId: 'thread',
    details,
    policy: 'standard-1',
    claims: [],
    attributions: [],
  };

  it('opens it with its claims and first attributions, all at once', () => {
    given()
      .when({ ...open, claims: [visit], attributions: [confirmation] })
      .then(opened, visitOpened, confirmed);
  });
  it('refuses another one under the same slug', () => {
    given(opened)
      .when({ ...open, details: { ...details, headline: 'Another story' } })
      .thenRefuses('thread_exists', '/slug');
  });
  it('refuses one that would lose a claim that the other does not have', () => {
    given(opened)
      .when({ ...open, claims: [visit] })
      .thenRefuses('thread_exists');
  });
  it('refuses an attribution to a claim that it does not open', () => {
    given()
      .when({ ...open, attributions: [confirmation] })
      .thenRefuses('claim_not_found', '/attributions/0/claim');
  });
  it('opens it under the policy that it is given', () => {
    given()
      .when({ ...open, policy: 'standard-2' })
      .then({ type: 'ThreadOpened', data: { threadId: 'thread', ...details, policy: 'standard-2' } });
  });
  it('takes the same thread for a retry, whatever policy is chosen by now', () => {
    given(opened)
      .when({ ...open, policy: 'standard-2' })
      .thenNothing();
  });
  it('revises what is given and leaves the rest', () => {
    given(opened)
      .when({ type: 'ReviseThread', changes: { desk: 'world' } })
      .then({ type: 'ThreadRevised', data: { ...details, desk: 'world' } });
  });
  it.each<ThreadCommand>([record, { type: 'CloseThread', reason }, { type: 'OpenClaim', claim: visit }])(
    'refuses $type when there is no thread',
    (command) => given().when(command).thenRefuses('thread_not_found'),
  );
});

describe('moving a thread to another policy', () => {
  const change: ThreadCommand = { type: 'ChangeThreadPolicy', policy: 'standard-2', reason };
  const changed: ThreadEvent = { type: 'ThreadPolicyChanged', data: { policy: 'standard-2', reason } };

  it('is recorded, and judges it by that one from then on', () => {
    given(opened).when(change).then(changed);
    expect(stateAfter([opened]).policy).toBe(STANDARD_1);
    expect(stateAfter([opened, changed]).policy).toBe(STANDARD_2);
  });
  it('is nothing when it stands under it already', () => {
    given(opened)
      .when({ ...change, policy: 'standard-1' })
      .thenNothing();
  });
  it('puts a closed thread right, and not one that another speaks for', () => {
    given(opened, closed).when(change).then(changed);
    const absorption = { absorbedRevision: '0', claims: [], exclusiveSets: [], reason };
    given(opened, { type: 'ThreadMerged', data: { role: 'absorbed', otherThreadId: 'another', ...absorption } })
      .when(change)
      .thenRefuses('thread_merged');
  });
  it('is refused by a build that does not know it', () => {
    const unknown = { type: 'ThreadPolicyChanged', data: { policy: 'standard-9', reason } } as unknown as ThreadEvent;
    expect(() => stateAfter([opened, unknown])).toThrow(/no policy "standard-9"/);
  });
});

describe('closing and reopening', () => {
  it('closes it and opens it again', () => {
    given(opened).when({ type: 'CloseThread', reason }).then({ type: 'ThreadClosed', data: { reason } });
    given(opened, closed).when({ type: 'ReopenThread', reason }).thenOnly({ type: 'ThreadReopened', data: { reason } });
    given(opened).when({ type: 'ReopenThread', reason }).thenRefuses('thread_not_closed');
  });
  it.each<ThreadCommand>([
    record,
    { type: 'OpenClaim', claim: talks },
    { type: 'ReviseThread', changes: { desk: 'world' } },
    { type: 'RewordClaim', claimId: visit.claimId, changes: { core: false }, reason },
    { type: 'MakeClaimsExclusive', setId: 'set', claimIds: [visit.claimId, talks.claimId] },
  ])('a closed one refuses $type', (command) => {
    given(opened, visitOpened, closed).when(command).thenRefuses('thread_closed');
  });
  it('a closed one can still be put right', () => {
    given(opened, visitOpened, confirmed, closed)
      .when({ type: 'VoidAttribution', attributionId: 'attribution-1', reason })
      .then({ type: 'AttributionVoided', data: { attributionId: 'attribution-1', reason } });
  });
});
