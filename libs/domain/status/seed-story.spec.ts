import { describe, expect, it } from 'vitest';
import { seedStory } from '../../../test/seed-story.js';
import type { AssessableAttribution } from './assessment.js';
import { claimStatus } from './claim-status.js';
import { POLICY_NAMES, policyNamed } from './policy.js';
import { threadStatus } from './thread-status.js';

const sources = new Map(seedStory.sources.map((source) => [source.key, source]));

function speakerOf(key: string) {
  const source = sources.get(key);
  if (source === undefined) throw new Error(`The seed story has no source ${key}.`);
  return { sourceId: key, kind: source.kind, group: source.group, trustedConduit: source.trustedConduit ?? false };
}

describe.each(POLICY_NAMES)('the seed story by %s, attribution by attribution', (name) => {
  const told: (AssessableAttribution & { readonly claim: string })[] = [];
  it.each(seedStory.attributions)('$n: $source on $claim makes it $expect.claim', (step) => {
    const claim = seedStory.claims.find(({ key }) => key === step.claim);
    told.push({
      claim: step.claim,
      attributionId: `attribution-${step.n}`,
      stance: step.stance,
      speaker: speakerOf(step.source),
      via: step.via.map(speakerOf),
      onRecord: step.onRecord,
      vouchedBy: null,
      tentative: step.tentative ?? false,
      standing: claim?.standing.includes(step.source) ?? false,
      quote: step.quote ?? null,
      statedAt: step.statedAt,
      recordedAt: step.statedAt,
      revision: BigInt(step.n),
      takenBack: null,
    });
    const results = seedStory.claims.map(({ key, core }) => ({
      key,
      core,
      ...claimStatus(
        told.filter((attribution) => attribution.claim === key),
        policyNamed(name),
      ),
    }));
    const result = results.find(({ key }) => key === step.claim);
    expect(result?.status).toBe(step.expect.claim);
    if (step.expect.basis !== undefined) expect(result?.basis).toBe(step.expect.basis);
    expect(threadStatus(results)).toBe(step.expect.thread);
  });
});
