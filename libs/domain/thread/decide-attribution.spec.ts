import { describe, expect, it } from 'vitest';
import { confirmation, confirmed, opened, source, visit, visitOpened } from '../testing/a-thread.js';
import { specOf } from '../testing/given.js';
import { moment } from '../testing/words.js';
import { STANCES } from '../vocabulary.js';
import type { ThreadCommand } from './thread.commands.js';
import { threadDecider } from './thread.decider.js';
import type { ThreadEvent } from './thread.events.js';

const { given, stateAfter } = specOf(threadDecider);
const record: ThreadCommand = { type: 'RecordAttribution', attribution: confirmation };
const reason = 'For the record.';

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
