import { describe, expect, it } from 'vitest';
import { nameOfPolicy, POLICY_NAMES, type PolicyName, policyNamed } from './policy.js';

describe('the policies that threads stand under', () => {
  /* What a released policy says decides past threads for ever: to change it is to change what was known. */
  it('say what they said when they were released', () => {
    const first = {
      name: 'standard',
      version: 1,
      corroborationNeeds: 2,
      disputeNeeds: 2,
      trustedConduitVouches: true,
      singleOfficialConfirms: true,
      sameWordsAreOneVoice: false,
    };
    expect(policyNamed('standard-1')).toEqual(first);
    expect(policyNamed('standard-2')).toEqual({ ...first, version: 2, sameWordsAreOneVoice: true });
  });
  it('are called by their name and version', () => {
    expect(POLICY_NAMES.map((name) => nameOfPolicy(policyNamed(name)))).toEqual(POLICY_NAMES);
  });
  it.each(['standard-3', 'constructor'])('are known to this build, and %s is not', (name) => {
    expect(() => policyNamed(name as PolicyName)).toThrow(/upgrade this one/);
  });
});
