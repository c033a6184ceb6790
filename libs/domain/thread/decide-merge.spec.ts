import { describe, expect, it } from 'vitest';
import {
  closed,
  confirmation,
  confirmed,
  details,
  opened,
  talks,
  talksOpened,
  visit,
  visitOpened,
} from '../testing/a-thread.js';
import { specOf } from '../testing/given.js';
import type { ThreadCommand } from './thread.commands.js';
import { threadDecider } from './thread.decider.js';
import type { ThreadEvent } from './thread.events.js';
import { carriedClaims } from './thread.evolve.js';

const { given, stateAfter } = specOf(threadDecider);
const record: ThreadCommand = { type: 'RecordAttribution', attribution: confirmation };
const reason = 'For the record.';
const mergedAway: ThreadEvent = {
  type: 'ThreadMerged',
  data: { role: 'absorbed', otherThreadId: 'survivor', absorbedRevision: '2', claims: [], exclusiveSets: [], reason },
};

describe('merging', () => {
  const told = [opened, visitOpened, confirmed] as const;

  it('says in the thread that goes where it went', () => {
    given(...told)
      .when({ type: 'MergeThread', into: 'survivor', reason })
      .then(mergedAway);
    given(...told)
      .when({ type: 'MergeThread', into: 'thread', reason })
      .thenRefuses('thread_merge_into_itself', '/into');
  });
  it('carries the claims into the thread that stays, which gives them back with what came since', () => {
    const claims = carriedClaims(stateAfter(told));
    const survivor: ThreadEvent = {
      type: 'ThreadOpened',
      data: { threadId: 'survivor', ...details, slug: 'survivor', policy: 'standard-1' },
    };
    const absorbed: ThreadEvent = {
      type: 'ThreadMerged',
      data: { role: 'survivor', otherThreadId: 'thread', absorbedRevision: '2', claims, exclusiveSets: [], reason },
    };
    given(survivor)
      .when({ type: 'AbsorbThread', from: 'thread', absorbedRevision: 2n, claims, exclusiveSets: [], reason })
      .then(absorbed);
    const since: ThreadEvent = { type: 'AttributionVoided', data: { attributionId: 'attribution-1', reason } };
    const [released] = threadDecider.decide(
      { type: 'ReleaseThread', from: 'thread', reason },
      stateAfter([survivor, absorbed, since]),
    );
    if (released?.type !== 'ThreadUnmerged') throw new Error('A release unmerges.');
    expect(released.data.claims[0]?.attributions[0]).toMatchObject({ takenBack: { how: 'voided' } });
    given(survivor).when({ type: 'ReleaseThread', from: 'thread', reason }).thenRefuses('thread_not_merged');
    given(...told, mergedAway)
      .when({ type: 'UnmergeThread', claims: released.data.claims, exclusiveSets: [], reason })
      .thenOnly({
        type: 'ThreadUnmerged',
        data: { role: 'absorbed', otherThreadId: 'survivor', claims: released.data.claims, exclusiveSets: [], reason },
      });
  });
  const another: ThreadCommand = {
    type: 'RecordAttribution',
    attribution: { ...confirmation, attributionId: 'another', key: null },
  };
  it.each<ThreadCommand>([another, { type: 'CloseThread', reason }, { type: 'MergeThread', into: 'third', reason }])(
    'a thread that has gone refuses $type and names the one that stays',
    (command) =>
      given(...told, mergedAway)
        .when(command)
        .thenRefuses('thread_merged'),
  );
  it('brings a thread back to where it was, open or closed', () => {
    const back: ThreadEvent = {
      type: 'ThreadUnmerged',
      data: { role: 'absorbed', otherThreadId: 'survivor', claims: [], exclusiveSets: [], reason },
    };
    expect(stateAfter([opened, mergedAway])).toMatchObject({ lifecycle: 'merged', mergedInto: 'survivor' });
    expect(stateAfter([opened, mergedAway, back])).toMatchObject({ lifecycle: 'active', mergedInto: null });
    expect(stateAfter([opened, closed, mergedAway, back])).toMatchObject({ lifecycle: 'closed', mergedInto: null });
  });
  it('gives back exclusive sets that are all of the other thread, and those only', () => {
    const claims = carriedClaims(stateAfter([opened, visitOpened, talksOpened]));
    const theirs = { setId: 'theirs', claimIds: [visit.claimId, talks.claimId] };
    const mixed = { setId: 'mixed', claimIds: [visit.claimId, 'own'] };
    const survivor = { ...details, threadId: 'survivor', policy: 'standard-1' } as const;
    const absorption = { otherThreadId: 'thread', absorbedRevision: '3', claims, exclusiveSets: [theirs], reason };
    const told: ThreadEvent[] = [
      { type: 'ThreadOpened', data: survivor },
      { type: 'ClaimOpened', data: { ...visit, claimId: 'own', key: 'own' } },
      { type: 'ThreadMerged', data: { role: 'survivor', ...absorption } },
      { type: 'ClaimsMadeExclusive', data: mixed },
    ];
    const released: ThreadEvent = {
      type: 'ThreadUnmerged',
      data: { role: 'survivor', otherThreadId: 'thread', claims, exclusiveSets: [theirs], reason },
    };
    given(...told)
      .when({ type: 'ReleaseThread', from: 'thread', reason })
      .thenOnly(released);
    const { claims: left, exclusiveSets, absorbed } = stateAfter([...told, released]);
    expect({ left: [...left.keys()], exclusiveSets, absorbed }).toEqual({
      left: ['own'],
      exclusiveSets: [mixed],
      absorbed: new Set(),
    });
  });
  it('refuses to unmerge what is not merged', () => {
    given(...told)
      .when({ type: 'UnmergeThread', claims: [], exclusiveSets: [], reason })
      .thenRefuses('thread_not_merged');
  });
});

describe('a retry', () => {
  const byKey: ThreadCommand = {
    type: 'RecordAttribution',
    attribution: { ...confirmation, attributionId: 'sent again' },
  };
  it.each<readonly [string, ThreadEvent]>([
    ['closed', closed],
    ['merged', mergedAway],
  ])('decides nothing in a thread that has been %s since, by id or by key', (_, since) => {
    for (const command of [record, byKey, { type: 'OpenClaim', claim: visit } as const]) {
      given(opened, visitOpened, confirmed, since).when(command).thenNothing();
    }
  });
  it('of an absorption decides nothing in a survivor that has been closed since', () => {
    const absorb = { from: 'other', absorbedRevision: 2n, claims: [], exclusiveSets: [], reason } as const;
    const { absorbedRevision, from, ...carried } = absorb;
    const absorbed: ThreadEvent = {
      type: 'ThreadMerged',
      data: { role: 'survivor', otherThreadId: from, absorbedRevision: `${absorbedRevision}`, ...carried },
    };
    given(opened, absorbed, closed)
      .when({ type: 'AbsorbThread', ...absorb })
      .thenNothing();
    given(opened, closed)
      .when({ type: 'AbsorbThread', ...absorb })
      .thenRefuses('thread_closed');
  });
  it('of a merge decides nothing, and a merge into a third is refused', () => {
    given(opened, mergedAway).when({ type: 'MergeThread', into: 'survivor', reason }).thenNothing();
    given(opened, mergedAway).when({ type: 'MergeThread', into: 'third', reason }).thenRefuses('thread_merged');
  });
});
