import { describe, expect, it } from 'vitest';
import { REFUSAL_CODES } from '../refusal.js';
import { sourceDecider } from '../source/source.decider.js';
import type { SourceEvent } from '../source/source.events.js';
import {
  closed,
  confirmation,
  confirmed,
  details,
  opened,
  source,
  talks,
  talksOpened,
  visit,
  visitOpened,
} from '../testing/a-thread.js';
import { refused, specOf } from '../testing/given.js';
import { moment } from '../testing/words.js';
import { STANCES } from '../vocabulary.js';
import type { ThreadCommand } from './thread.commands.js';
import { threadDecider } from './thread.decider.js';
import type { ThreadEvent } from './thread.events.js';
import { carriedClaims } from './thread.evolve.js';

const { given, stateAfter } = specOf(threadDecider);
const record: ThreadCommand = { type: 'RecordAttribution', attribution: confirmation };
const reason = 'For the record.';

describe('opening and revising a thread', () => {
  const open: ThreadCommand = { type: 'OpenThread', threadId: 'thread', details, claims: [], attributions: [] };

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

describe('attributions', () => {
  const types = {
    report: 'ClaimReported',
    confirm: 'ClaimConfirmed',
    deny: 'ClaimDenied',
    no_comment: 'CommentDeclined',
  };
  it.each(STANCES)('with the stance %s are events of their own', (stance) => {
    const [event] = threadDecider.decide(
      { type: 'RecordAttribution', attribution: { ...confirmation, stance } },
      stateAfter([opened, visitOpened]),
    );
    expect(event?.type).toBe(types[stance]);
  });
  it('take the standing of their speaker from the claim, unless it is given', () => {
    given(opened, visitOpened).when(record).then(confirmed);
    const [event] = threadDecider.decide(
      { type: 'RecordAttribution', attribution: { ...confirmation, standing: false } },
      stateAfter([opened, visitOpened]),
    );
    expect(event?.data).toMatchObject({ standing: false });
  });
  it('open their claim with them, both or neither', () => {
    given(opened)
      .when({ ...record, opening: visit } as ThreadCommand)
      .then(visitOpened, confirmed);
    given(opened, visitOpened)
      .when({ ...record, opening: visit } as ThreadCommand)
      .then(confirmed);
    given(opened, visitOpened)
      .when({
        type: 'RecordAttribution',
        attribution: confirmation,
        opening: { ...visit, claimId: 'other', statement: 'Something else' },
      })
      .thenRefuses('claim_key_taken', '/opening/key');
    given(opened)
      .when({
        type: 'RecordAttribution',
        attribution: { ...confirmation, speaker: source('an official', 'unnamed') },
        opening: visit,
      })
      .thenRefuses('unnamed_on_record', '/onRecord');
  });
  it('are recorded once for a key', () => {
    given(opened, visitOpened, confirmed)
      .when({ type: 'RecordAttribution', attribution: { ...confirmation, attributionId: 'other' } })
      .thenNothing();
    given(opened, visitOpened, confirmed)
      .when({ type: 'RecordAttribution', attribution: { ...confirmation, attributionId: 'other', stance: 'deny' } })
      .thenRefuses('attribution_key_taken', '/key');
  });
  it.each([
    ['unnamed_on_record', '/onRecord', { speaker: source('an official', 'unnamed') }],
    ['vouch_not_needed', '/vouchedBy', { vouchedBy: 'Ann' }],
    ['vouch_not_needed', '/vouchedBy', { speaker: null, onRecord: false, vouchedBy: 'Ann' }],
    ['standing_without_speaker', '/standing', { speaker: null, standing: true }],
    ['claim_not_found', '/claim', { claimId: 'none' }],
  ] as const)('that contradict themselves are refused: %s at %s', (code, field, changes) => {
    given(opened, visitOpened)
      .when({ type: 'RecordAttribution', attribution: { ...confirmation, ...changes } })
      .thenRefuses(code, field);
  });
});

describe('taking back', () => {
  const told = [opened, visitOpened, confirmed] as const;
  const back = { attributionId: 'attribution-1', takenBackBy: 'tass', statedAt: moment(9), reason };
  const replacement = { ...confirmation, attributionId: 'attribution-2', key: null, stance: 'deny' } as const;
  const denied: ThreadEvent = {
    type: 'ClaimDenied',
    data: (({ stance: _, ...facts }) => ({ ...facts, standing: true }))(replacement),
  };

  it.each(['kremlin', 'tass'])('is for the speaker and the carriers: %s', (takenBackBy) => {
    given(...told)
      .when({ type: 'RetractAttribution', ...back, takenBackBy })
      .then({ type: 'AttributionRetracted', data: { ...back, takenBackBy } });
  });
  it('refuses a retraction or correction by a stranger', () => {
    given(...told)
      .when({ type: 'RetractAttribution', ...back, takenBackBy: 'nyt' })
      .thenRefuses('not_speaker_or_carrier', '/takenBackBy');
    given(...told)
      .when({ type: 'CorrectAttribution', ...back, takenBackBy: 'nyt', replacement })
      .thenRefuses('not_speaker_or_carrier', '/takenBackBy');
  });
  it('corrects with an attribution of its own', () => {
    given(...told)
      .when({ type: 'CorrectAttribution', ...back, replacement })
      .then(denied, { type: 'AttributionCorrected', data: { ...back, replacedBy: 'attribution-2' } });
    given(...told)
      .when({ type: 'CorrectAttribution', ...back, replacement: { ...confirmation, attributionId: 'other' } })
      .thenRefuses('attribution_exists', '/replacement');
  });
  it('voids our own slip', () => {
    given(...told)
      .when({ type: 'VoidAttribution', attributionId: 'attribution-1', reason })
      .then({ type: 'AttributionVoided', data: { attributionId: 'attribution-1', reason } });
  });
  it('happens once', () => {
    const voided: ThreadEvent = { type: 'AttributionVoided', data: { attributionId: 'attribution-1', reason } };
    for (const command of [
      { type: 'RetractAttribution', ...back },
      { type: 'CorrectAttribution', ...back, replacement },
    ] as const) {
      given(...told, voided)
        .when(command)
        .thenRefuses('attribution_taken_back');
    }
    given(...told, { type: 'AttributionRetracted', data: back })
      .when({ type: 'VoidAttribution', attributionId: 'attribution-1', reason })
      .thenRefuses('attribution_taken_back');
  });
  it('refuses what the thread does not have', () => {
    given(...told)
      .when({ type: 'VoidAttribution', attributionId: 'none', reason })
      .thenRefuses('attribution_not_found');
  });
});

describe('merging', () => {
  const mergedAway: ThreadEvent = {
    type: 'ThreadMerged',
    data: { role: 'absorbed', otherThreadId: 'survivor', absorbedRevision: '2', claims: [], exclusiveSets: [], reason },
  };
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
      data: { threadId: 'survivor', ...details, slug: 'survivor' },
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
  it.each<ThreadCommand>([record, { type: 'CloseThread', reason }, { type: 'MergeThread', into: 'third', reason }])(
    'a thread that has gone refuses $type and names the one that stays',
    (command) =>
      given(...told, mergedAway)
        .when(command)
        .thenRefuses('thread_merged'),
  );
  it('refuses to unmerge what is not merged', () => {
    given(...told)
      .when({ type: 'UnmergeThread', claims: [], exclusiveSets: [], reason })
      .thenRefuses('thread_not_merged');
  });
});

describe('sources', () => {
  const { given } = specOf(sourceDecider);
  const facts = { name: 'The Kremlin', kind: 'government', group: 'government:ru', trustedConduit: false } as const;
  const registered: SourceEvent = { type: 'SourceRegistered', data: { sourceId: 'source', key: 'kremlin', ...facts } };
  const register = { type: 'RegisterSource', sourceId: 'source', key: 'kremlin', details: facts } as const;
  const sealed: SourceEvent = { type: 'SourceSealed', data: { label: 'An official', commitment: null, reason } };

  it('are registered once for a key', () => {
    given().when(register).then(registered);
    given(registered)
      .when({ ...register, details: { ...facts, name: 'Kremlin' } })
      .thenRefuses('source_key_taken', '/key');
  });
  it('are revised as a whole and rated', () => {
    given(registered)
      .when({ type: 'ReviseSource', changes: { trustedConduit: true }, reason: null })
      .then({ type: 'SourceRevised', data: { ...facts, trustedConduit: true, reason: null } });
    given(registered)
      .when({ type: 'RateSource', rating: 'B', reason })
      .then({ type: 'SourceRated', data: { rating: 'B', reason } });
  });
  it('that are sealed show their label for ever', () => {
    given(registered).when({ type: 'SealSource', label: 'An official', commitment: null, reason }).then(sealed);
    given(registered, sealed)
      .when({ type: 'ReviseSource', changes: { name: 'His name' }, reason: null })
      .thenRefuses('source_sealed', '/name');
  });
  it('are sealed before their identity is erased', () => {
    given(registered).when({ type: 'EraseSourceIdentity', reason }).thenRefuses('source_not_sealed');
    given(registered, sealed)
      .when({ type: 'EraseSourceIdentity', reason })
      .then({ type: 'SourceIdentityErased', data: { reason } });
  });
  it('that are unknown refuse all but their registration', () => {
    given().when({ type: 'RateSource', rating: 'A', reason }).thenRefuses('source_not_found');
  });
});

describe('the refusals above', () => {
  it('are all that there are', () => {
    expect(REFUSAL_CODES.filter((code) => !refused.has(code))).toEqual([]);
  });
});
