import { describe, expect, it } from 'vitest';
import { moment, official, person, told, unnamed, type Word } from '../testing/words.js';
import { claimStatus } from './claim-status.js';
import { STANDARD_1, type StatusPolicy } from './policy.js';
import { possibleChanges } from './smallest-changes.js';

const of = (...words: readonly Word[]) => claimStatus(told(...words), STANDARD_1);
const tentative = (word: Word): Word => ({ ...word, tentative: true });

describe('rule by rule', () => {
  it.each<[string, string, string, Word[]]>([
    ['R1', 'open', 'nobody has said anything', []],
    ['R1', 'open', 'all there was is voided', [{ ...person('nyt'), takenBack: 'voided' }]],
    ['R1', 'no_comment', 'the party declined to comment', [official('no_comment')]],
    ['R1', 'retracted', 'the only word was taken back', [{ ...person('nyt'), takenBack: 'retracted' }]],
    [
      'R1',
      'retracted',
      'one took back and one declined',
      [{ ...person('nyt'), takenBack: 'retracted' }, official('no_comment')],
    ],
    ['R2', 'disputed', 'two parties contradict each other', [official('confirm'), official('deny', 'mfa')]],
    ['R3', 'denied', 'a party denies', [official('deny')]],
    ['R3', 'denied', 'a party denies and one independent reports', [person('nyt'), official('deny')]],
    ['R3', 'disputed', 'a party denies what two independents report', [person('nyt'), person('afp'), official('deny')]],
    [
      'R3',
      'denied',
      'a party denies what one reports and one thinks likely',
      [person('nyt'), tentative(person('afp')), official('deny')],
    ],
    ['R4', 'confirmed', 'a party confirms', [official('confirm')]],
    ['R4', 'confirmed', 'a party confirms what an independent denies', [person('nyt', 'deny'), official('confirm')]],
    ['R4', 'tentative', 'a party says it is likely', [tentative(official('confirm'))]],
    [
      'R4',
      'disputed',
      'a party says it is likely, an independent denies',
      [tentative(official('confirm')), person('nyt', 'deny')],
    ],
    [
      'R4',
      'confirmed',
      'a party says it is likely, an independent is firm',
      [tentative(official('confirm')), person('nyt')],
    ],
    ['R5', 'disputed', 'independents contradict each other', [person('nyt'), person('afp', 'deny')]],
    ['R6', 'corroborated', 'two independents report', [person('nyt'), person('afp')]],
    ['R6', 'corroborated', 'two report, one of them as likely', [person('nyt'), tentative(person('afp'))]],
    ['R6', 'tentative', 'two think it likely', [tentative(person('nyt')), tentative(person('afp'))]],
    ['R7', 'reported', 'one independent reports', [person('nyt')]],
    ['R7', 'tentative', 'one thinks it likely', [tentative(person('nyt'))]],
    ['R8', 'doubted', 'only independents deny', [person('nyt', 'deny'), person('afp', 'deny')]],
    ['R9', 'unverified', 'only an unnamed speaker says so', [unnamed()]],
    ['R9', 'unverified', 'nobody knows who said it', [{ by: null }]],
  ])('%s: %s when %s', (rule, status, _, words) => {
    expect(of(...words)).toMatchObject({ rule, status });
  });

  it('a confirmation tells whether one group stands behind it or several, and whether it is challenged', () => {
    expect(of(official('confirm'))).toMatchObject({ basis: 'single', challenged: false });
    expect(of(official('confirm'), person('nyt'))).toMatchObject({ basis: 'multiple', challenged: false });
    expect(of(official('confirm'), person('nyt', 'deny'))).toMatchObject({ basis: 'single', challenged: true });
  });
});

describe('who counts', () => {
  it('a party that only reports, or is not on record, has no more weight than others', () => {
    expect(of({ ...official('report') })).toMatchObject({ status: 'reported' });
    expect(of({ ...official('confirm'), onRecord: false, vouched: true })).toMatchObject({ status: 'reported' });
  });

  it('an unnamed speaker counts when an editor vouches or a trusted conduit carries the words', () => {
    expect(of({ ...unnamed(), vouched: true }).status).toBe('reported');
    expect(of({ ...unnamed(), via: ['yonhap!'] }).status).toBe('reported');
    expect(of({ ...unnamed(), via: ['blog'] }).status).toBe('unverified');
  });

  it('speakers of one group are one voice', () => {
    const result = of({ ...person('mfa'), group: 'government:ru' }, { ...person('kremlin'), group: 'government:ru' });
    expect(result).toMatchObject({ status: 'reported', for: [{ group: 'government:ru', attributionIds: ['1', '2'] }] });
  });

  it('all unknown and all unvouched speakers together settle nothing', () => {
    const words = [{ by: null }, { by: null }, unnamed('one'), unnamed('two')];
    const result = of(...words);
    expect(result).toMatchObject({ status: 'unverified', for: [], against: [] });
    expect(result.setAside.map(({ reason }) => reason)).toEqual(['unvouched', 'unvouched', 'unvouched', 'unvouched']);
  });

  it("a speaker's last word counts, by when it was said and not when it came to us", () => {
    const result = of({ ...person('nyt', 'deny'), at: 9 }, { ...person('nyt'), at: 3 });
    expect(result).toMatchObject({
      status: 'doubted',
      setAside: [{ attributionId: '2', reason: 'superseded', by: '1' }],
    });
  });

  it('the same words by another carrier are an echo', () => {
    const result = of({ ...person('kcna'), via: ['tass'] }, { ...person('kcna'), via: ['reuters'] });
    expect(result).toMatchObject({ status: 'reported', setAside: [{ attributionId: '2', reason: 'echo', by: '1' }] });
  });

  it('an echo by a weaker carrier takes nothing from a vouched one', () => {
    expect(of({ ...unnamed(), via: ['yonhap!'] }, { ...unnamed(), via: ['blog'] }).status).toBe('reported');
  });

  it.each(['voided', 'retracted', 'corrected'] as const)('what is %s is set aside for that reason', (takenBack) => {
    const result = of(person('afp'), { ...person('nyt'), takenBack });
    expect(result.status).toBe('reported');
    expect(result.setAside).toMatchObject([{ attributionId: '2', reason: takenBack }]);
  });
});

describe('as of a moment', () => {
  const story = told({ ...person('nyt'), at: 30 }, { ...person('afp'), at: 10 }, official('deny'));

  it('what we had recorded by then', () => {
    const status = (minutes: number) => claimStatus(story, STANDARD_1, { recordedUntil: moment(minutes) }).status;
    expect([status(-1), status(0), status(1), status(2)]).toEqual(['open', 'reported', 'corroborated', 'disputed']);
  });

  it('what had been said in the world by then', () => {
    const status = (minutes: number) => claimStatus(story, STANDARD_1, { statedUntil: moment(minutes) }).status;
    expect([status(1), status(2), status(10), status(30)]).toEqual(['open', 'denied', 'denied', 'disputed']);
  });

  it('what was taken back later still counted then', () => {
    const taken = told({ ...person('nyt'), takenBack: 'retracted' });
    expect(claimStatus(taken, STANDARD_1, { recordedUntil: moment(999) }).status).toBe('reported');
    expect(claimStatus(taken, STANDARD_1, { recordedUntil: moment(1_000) }).status).toBe('retracted');
  });
});

describe('the parameters of a policy', () => {
  const under = (changes: Partial<StatusPolicy>, ...words: readonly Word[]) =>
    claimStatus(told(...words), { ...STANDARD_1, name: 'trial', ...changes });

  it('how many independents corroborate', () => {
    expect(under({ corroborationNeeds: 3 }, person('nyt'), person('afp')).status).toBe('reported');
  });

  it('how many dispute an official denial', () => {
    expect(under({ disputeNeeds: 1 }, person('nyt'), official('deny')).status).toBe('disputed');
  });

  it('whether a trusted conduit vouches', () => {
    expect(under({ trustedConduitVouches: false }, { ...unnamed(), via: ['yonhap!'] }).status).toBe('unverified');
  });

  it('whether one official confirmation is enough', () => {
    expect(under({ singleOfficialConfirms: false }, official('confirm')).status).toBe('reported');
    expect(under({ singleOfficialConfirms: false }, official('confirm'), person('nyt')).status).toBe('confirmed');
  });

  it('travel with each status', () => {
    expect(under({ version: 7 }, person('nyt')).policy).toEqual({ name: 'trial', version: 7 });
  });
});

describe('the smallest addition that would change it', () => {
  const sentences = (...words: readonly Word[]) =>
    possibleChanges(told(...words), STANDARD_1).map(({ sentence }) => sentence);

  it('of a reported claim', () => {
    expect(sentences(person('nyt'))).toEqual([
      'one tentative independent report makes it corroborated',
      'one tentative independent denial makes it disputed',
      'one tentative official confirmation makes it confirmed',
      'one tentative official denial makes it denied',
    ]);
  });

  it('of a tentative claim is a firm report', () => {
    expect(sentences(tentative(person('nyt')))).toContain('one firm independent report makes it corroborated');
  });

  it('of an open claim begins with a refusal to comment', () => {
    expect(sentences()[0]).toBe('one refusal to comment makes it no comment');
  });

  it('is nothing when no single addition changes anything', () => {
    expect(sentences(official('confirm'), official('deny', 'mfa'))).toEqual([]);
  });
});
