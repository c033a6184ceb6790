import { describe, expect, it } from 'vitest';
import { person, told } from '../testing/words.js';
import { claimStatus } from './claim-status.js';
import { STANDARD_1, STANDARD_2 } from './policy.js';
import { comparableWords } from './same-words.js';

const WIRE = 'A train presumed to be carrying the North Korean leader has left Pyongyang.';
const LATER = 'The special train was seen at the border with Russia late on Sunday evening.';

describe('groups that say the very same words', () => {
  const copied = told({ ...person('nyt'), quote: WIRE }, { ...person('rtvi'), quote: `“${WIRE.toUpperCase()}”` });

  it('are two voices by standard-1', () => {
    expect(claimStatus(copied, STANDARD_1)).toMatchObject({ status: 'corroborated', for: [{}, {}] });
  });
  it('are one voice by standard-2, of the group that was first', () => {
    expect(claimStatus(copied, STANDARD_2)).toMatchObject({
      status: 'reported',
      for: [{ group: 'nyt', attributionIds: ['1', '2'] }],
    });
  });
  it('are one voice also by way of a third', () => {
    const words = told(
      { ...person('nyt'), quote: WIRE },
      { ...person('afp'), quote: LATER },
      { ...person('rtvi'), group: 'afp', quote: WIRE },
      person('upi'),
    );
    expect(claimStatus(words, STANDARD_2).for.map(({ group }) => group)).toEqual(['nyt', 'upi']);
  });
  it('are still two where the words are few, or not known', () => {
    const short = told({ ...person('nyt'), quote: 'It is true.' }, { ...person('afp'), quote: 'It is true.' });
    expect(claimStatus(short, STANDARD_2).status).toBe('corroborated');
    expect(claimStatus(told(person('nyt'), person('afp')), STANDARD_2).status).toBe('corroborated');
  });
});

describe('words are compared', () => {
  it.each([
    ['One two three four five six seven eight', '“One, two — three: four five six  SEVEN eight!”'],
    [
      'Größe eins zwei drei vier fünf sechs sieben',
      'GRÖSSE eins zwei drei vier fünf sechs sieben'.replace('GRÖSSE', 'größe'),
    ],
  ])('%s = %s', (a, b) => {
    expect(comparableWords(a)).toBe(comparableWords(b));
  });
  it('when there are eight of them', () => {
    expect(comparableWords('one two three four five six seven')).toBeNull();
    expect(comparableWords('1 2 3 4 5 6 7 8')).toBe('1 2 3 4 5 6 7 8');
    expect(comparableWords(null)).toBeNull();
  });
});
