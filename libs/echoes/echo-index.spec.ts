import { describe, expect, it } from 'vitest';
import type { AttributionRecord, Stance } from '#domain';
import { confirmation, source } from '../domain/testing/a-thread.js';
import { moment } from '../domain/testing/words.js';
import { EchoIndex } from './echo-index.js';

const WIRE = 'A train presumed to be carrying the North Korean leader has left Pyongyang, a senior official said.';

let made = 0;
function word(fields: Partial<AttributionRecord> & { stance?: Stance } = {}): AttributionRecord {
  const n = made++;
  return {
    ...confirmation,
    attributionId: `a${n}`,
    standing: false,
    quote: null,
    recordedAt: moment(n),
    revision: BigInt(n),
    takenBack: null,
    ...fields,
  };
}
const by = (name: string, quote: string | null = null, group?: string): Partial<AttributionRecord> => ({
  speaker: { ...source(name), ...(group !== undefined && { group }) },
  via: [],
  quote,
});

/** The echoes of the last word, after the others were heard. */
function heard(...words: readonly AttributionRecord[]) {
  const index = new EchoIndex();
  for (const each of words) index.add(each);
  const last = words.at(-1);
  return last === undefined ? [] : index.echoesOf(last);
}

describe('an attribution echoes', () => {
  it('the same speaker by another carrier, and again', () => {
    const first = word(by('kcna'));
    expect(heard(first, word({ ...by('kcna'), via: [source('upi')] }))).toEqual([
      {
        kind: 'same_speaker',
        attributionId: first.attributionId,
        similarity: null,
        detail: 'The same speaker by another carrier: one voice.',
      },
    ]);
    expect(heard(first, word(by('kcna')))).toMatchObject([{ detail: 'The same speaker again: one voice.' }]);
  });
  it('another speaker of the same group', () => {
    const first = word(by('kremlin', null, 'government:ru'));
    expect(heard(first, word(by('peskov', null, 'government:ru')))).toMatchObject([
      { kind: 'same_group', attributionId: first.attributionId },
    ]);
  });
  it('the same words of another group, whatever the carrier did to case, quotes and dashes', () => {
    const first = word(by('nyt', WIRE));
    const copy =
      '“A TRAIN presumed to be carrying the North-Korean leader has left Pyongyang” – a senior official said';
    expect(heard(first, word(by('rtvi', copy)))).toMatchObject([
      { kind: 'same_words', attributionId: first.attributionId, similarity: null },
    ]);
  });
  it('nearly the same words of another group, with how near they are', () => {
    const first = word(by('nyt', WIRE));
    const [echo, ...others] = heard(
      word(by('afp', 'Something else was said about the talks in Vladivostok today.')),
      first,
      word(by('rtvi', WIRE.replace('presumed', 'thought'))),
    );
    expect(others).toEqual([]);
    expect(echo).toMatchObject({ kind: 'near_words', attributionId: first.attributionId });
    expect(echo?.similarity).toBeGreaterThan(0.9);
    expect(echo?.similarity).toBeLessThan(1);
  });
  it('words that nobody knows the speaker of', () => {
    const first = word({ speaker: null, via: [], onRecord: false, quote: WIRE });
    expect(heard(first, word({ speaker: null, via: [], onRecord: false, quote: WIRE }))).toMatchObject([
      { kind: 'same_words' },
    ]);
  });
});

describe('an attribution echoes nobody', () => {
  it.each([
    [
      'of another group that says it in its own words',
      word(by('nyt', WIRE)),
      word(by('afp', 'The special train of Kim Jong Un was seen leaving the capital, two officials told us.')),
    ],
    ['that says few words, as anybody would', word(by('nyt', 'It is true.')), word(by('afp', 'It is true.'))],
    ['on the other side', word({ ...by('nyt', WIRE), stance: 'report' }), word({ ...by('nyt', WIRE), stance: 'deny' })],
    ['on another claim', word(by('nyt', WIRE)), word({ ...by('nyt', WIRE), claimId: 'another' })],
    ['that declines to comment', word(by('nyt', WIRE)), word({ ...by('nyt', WIRE), stance: 'no_comment' })],
  ])('%s', (_, first, second) => {
    expect(heard(first, second)).toEqual([]);
  });

  it('that had been taken back, but one that was taken back later', () => {
    const index = new EchoIndex();
    const [first, second, third] = [word(by('nyt', WIRE)), word(by('afp', WIRE)), word(by('rtvi', WIRE))];
    index.add(first);
    index.add(second);
    index.takeBack(first.attributionId);
    index.add(third);
    expect(index.echoesOf(second)).toMatchObject([{ attributionId: first.attributionId }]);
    expect(index.echoesOf(third)).toMatchObject([{ attributionId: second.attributionId }]);
  });
});

it('finds the first of thousands of copies by looking at few', () => {
  const index = new EchoIndex();
  const found: (string | undefined)[] = [];
  const first = `a${made}`;
  for (let n = 0; n < 10_000; n++) {
    const each = word(by(`s${n}`, `${WIRE} This is what we heard in place ${n} of many places.`));
    index.add(each);
    if (n % 1_000 === 999) found.push(index.echoesOf(each)[0]?.attributionId);
  }
  expect(found).toHaveLength(10);
  expect(new Set(found)).toEqual(new Set([first]));
});
