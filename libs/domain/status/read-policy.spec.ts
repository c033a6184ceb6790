import { describe, expect, it } from 'vitest';
import { STANDARD_1 } from './policy.js';
import { readPolicy } from './read-policy.js';

describe('a policy that somebody wrote', () => {
  it('is standard-1 where it says nothing', () => {
    expect(readPolicy({ name: 'strict', version: 3, corroborationNeeds: 3 })).toEqual({
      policy: { ...STANDARD_1, name: 'strict', version: 3, corroborationNeeds: 3 },
    });
  });
  it.each([
    [null, ''],
    [[], ''],
    ['strict', ''],
    [{ version: 1 }, '/name'],
    [{ name: 'strict' }, '/version'],
    [{ name: 'A name', version: 1 }, '/name'],
    [{ name: 'strict', version: 0 }, '/version'],
    [{ name: 'strict', version: 1, corroborationNeeds: 0 }, '/corroborationNeeds'],
    [{ name: 'strict', version: 1, corroborationNeeds: '3' }, '/corroborationNeeds'],
    [{ name: 'strict', version: 1, disputeNeeds: 2.5 }, '/disputeNeeds'],
    [{ name: 'strict', version: 1, sameWordsAreOneVoice: 'yes' }, '/sameWordsAreOneVoice'],
    [{ name: 'strict', version: 1, corroborationNeed: 3 }, '/corroborationNeed'],
    [{ name: 'strict', version: 1, constructor: 3 }, '/constructor'],
  ])('is refused when it is %j, with where', (value, at) => {
    expect(readPolicy(value)).toEqual({ faults: [expect.objectContaining({ at })] });
  });
});
