import { describe, expect, it } from 'vitest';
import { opened, visit } from '../testing/a-thread.js';
import { specOf } from '../testing/given.js';
import { official, person, told, type Word } from '../testing/words.js';
import { threadDecider } from '../thread/thread.decider.js';
import type { ThreadEvent } from '../thread/thread.events.js';
import type { ClaimStatus } from '../vocabulary.js';
import { assessThread } from './assess-thread.js';

const { stateAfter } = specOf(threadDecider);
const reason = 'For the record.';

const claim = (claimId: string, core = true): ThreadEvent => ({
  type: 'ClaimOpened',
  data: { ...visit, claimId, key: claimId, core },
});
const exclusive = (...claimIds: string[]): ThreadEvent => ({
  type: 'ClaimsMadeExclusive',
  data: { setId: claimIds.join(), claimIds },
});
const moot = (claimId: string): ThreadEvent => ({ type: 'ClaimMooted', data: { claimId, reason } });
const lapse = (claimId: string): ThreadEvent => ({ type: 'ClaimLapsed', data: { claimId, reason } });
const rule = (claimId: string, status: ClaimStatus): ThreadEvent => ({
  type: 'ClaimRuled',
  data: { claimId, rulingId: `ruling on ${claimId}`, status, reason },
});
const lift = (claimId: string): ThreadEvent => ({
  type: 'RulingLifted',
  data: { claimId, rulingId: `ruling on ${claimId}`, reason },
});

/** The events, and what was said of each claim. */
function assess(events: readonly ThreadEvent[], said: Readonly<Record<string, readonly Word[]>> = {}) {
  const state = stateAfter([opened, ...events]);
  const claims = new Map([...state.claims].map(([id, claim]) => [id, { ...claim, ...attributed(said[id]) }]));
  return assessThread({ ...state, claims } as typeof state);
}
const attributed = (words: readonly Word[] = []) => ({ attributions: told(...words) });
const statuses = (...of: Parameters<typeof assess>) =>
  Object.fromEntries([...assess(...of).claims].map(([claimId, { status }]) => [claimId, status]));

const monday = claim('monday');
const tuesday = claim('tuesday');
const wednesday = claim('wednesday');
const yes = [official('confirm')];

describe('claims that cannot all be true', () => {
  it('become moot once one of them is confirmed, and keep the status that stood before', () => {
    const { claims } = assess([monday, tuesday, exclusive('monday', 'tuesday')], {
      monday: yes,
      tuesday: [person('nyt')],
    });
    expect(claims.get('monday')).toMatchObject({ status: 'confirmed', origin: 'policy', lastStatus: null, rivals: [] });
    expect(claims.get('tuesday')).toMatchObject({
      status: 'moot',
      origin: 'exclusive_set',
      lastStatus: 'reported',
      rivals: ['monday'],
      computed: { status: 'reported', rule: 'R7' },
    });
  });

  it('are disputed when two of them are confirmed, and the third is moot', () => {
    const days = [monday, tuesday, wednesday, exclusive('monday', 'tuesday', 'wednesday')];
    const { claims } = assess(days, { monday: yes, tuesday: yes });
    expect(claims.get('monday')).toMatchObject({ status: 'disputed', lastStatus: 'confirmed', rivals: ['tuesday'] });
    expect(claims.get('tuesday')).toMatchObject({ status: 'disputed', lastStatus: 'confirmed', rivals: ['monday'] });
    expect(claims.get('wednesday')).toMatchObject({ status: 'moot', rivals: ['monday', 'tuesday'] });
  });

  it('say nothing of each other while none is confirmed', () => {
    expect(
      statuses([monday, tuesday, exclusive('monday', 'tuesday')], { monday: [person('nyt'), person('afp')] }),
    ).toEqual({ monday: 'corroborated', tuesday: 'open' });
  });

  it('touch only their own set: a rival of a rival is no rival', () => {
    const sets = [exclusive('monday', 'tuesday'), exclusive('tuesday', 'wednesday')];
    expect(statuses([monday, tuesday, wednesday, ...sets], { monday: yes, wednesday: yes })).toEqual({
      monday: 'confirmed',
      tuesday: 'moot',
      wednesday: 'confirmed',
    });
  });

  it('count a rival that is ruled confirmed, and not one whose ruling says otherwise', () => {
    const days = [monday, tuesday, exclusive('monday', 'tuesday')];
    expect(statuses([...days, rule('monday', 'confirmed')]).tuesday).toBe('moot');
    expect(statuses([...days, rule('monday', 'denied')], { monday: yes }).tuesday).toBe('open');
  });

  it('do not count a confirmed rival that is moot or lapsed', () => {
    const days = [monday, tuesday, exclusive('monday', 'tuesday')];
    expect(statuses([...days, moot('monday')], { monday: yes })).toEqual({ monday: 'moot', tuesday: 'open' });
    expect(statuses([...days, lapse('monday')], { monday: yes })).toEqual({ monday: 'lapsed', tuesday: 'open' });
  });
});

describe('a moot or lapsed claim', () => {
  it.each([
    ['moot', 'mooted', moot('monday')],
    ['lapsed', 'lapsed', lapse('monday')],
  ] as const)('is %s, keeps the status that stood before, and goes on being computed', (status, origin, event) => {
    const { claims, status: thread } = assess([monday, event], { monday: yes });
    expect(claims.get('monday')).toMatchObject({ status, origin, lastStatus: 'confirmed' });
    expect(claims.get('monday')?.computed).toMatchObject({ status: 'confirmed', rule: 'R4' });
    expect(thread).toBe('settled');
  });
});

describe('a ruling', () => {
  it('is shown, and what the rules would give stands beside it', () => {
    const { claims, status } = assess([monday, rule('monday', 'denied')], { monday: yes });
    expect(claims.get('monday')).toMatchObject({
      status: 'denied',
      origin: 'ruling',
      lastStatus: null,
      ruling: { rulingId: 'ruling on monday', status: 'denied', reason },
      computed: { status: 'confirmed', rule: 'R4', basis: 'single' },
    });
    expect(status).toBe('denied');
  });

  it('goes before a moot claim and before a confirmed rival', () => {
    expect(statuses([monday, moot('monday'), rule('monday', 'disputed')]).monday).toBe('disputed');
    const rivals = [monday, tuesday, exclusive('monday', 'tuesday'), rule('tuesday', 'reported')];
    expect(statuses(rivals, { monday: yes })).toEqual({ monday: 'confirmed', tuesday: 'reported' });
  });

  it('gives way to the rules once it is lifted', () => {
    const { claims } = assess([monday, rule('monday', 'denied'), lift('monday')], { monday: yes });
    expect(claims.get('monday')).toMatchObject({ status: 'confirmed', origin: 'policy', ruling: null });
  });
});

describe('the open questions', () => {
  it('are the claims, core or not, that nobody has settled', () => {
    const events = [monday, tuesday, claim('a detail', false), claim('a settled one', false), lapse('tuesday')];
    const { openQuestions, status } = assess(events, { monday: [person('nyt')], 'a settled one': yes });
    expect(openQuestions).toEqual(['monday', 'a detail']);
    expect(status).toBe('developing');
  });

  it('stand beside a thread that is confirmed', () => {
    const { openQuestions, status } = assess([monday, claim('a detail', false)], { monday: yes });
    expect({ openQuestions, status }).toEqual({ openQuestions: ['a detail'], status: 'confirmed' });
  });
});

it('an assessment names the policy it goes by', () => {
  expect(assess([monday]).policy).toEqual({ name: 'standard', version: 1 });
});
