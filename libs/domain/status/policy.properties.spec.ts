import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moment, told, type Word } from '../testing/words.js';
import { COMPUTED_CLAIM_STATUSES, STANCES } from '../vocabulary.js';
import type { AssessableAttribution, ClaimStatusResult } from './assessment.js';
import { claimStatus } from './claim-status.js';
import { STANDARD_1, type StatusPolicy } from './policy.js';

const RUNS = { numRuns: 3_000 };

/** Few speakers and few groups, so that they meet often. */
const word: fc.Arbitrary<Word> = fc
  .record({
    by: fc.constantFrom('kremlin', 'mfa', 'nyt', 'afp', 'kcna', 'an official', null),
    stance: fc.constantFrom(...STANCES),
    standing: fc.boolean(),
    tentative: fc.boolean(),
    onRecord: fc.boolean(),
    vouched: fc.boolean(),
    via: fc.subarray(['tass', 'reuters', 'yonhap!']),
    quote: fc.constantFrom(
      '',
      'The train has left the capital, a senior official said.',
      'It is at the border, an official of the railway said.',
    ),
    at: fc.integer({ min: 0, max: 20 }),
    takenBack: fc.option(fc.constantFrom('voided' as const, 'retracted' as const, 'corrected' as const), { freq: 5 }),
  })
  .map(({ takenBack, ...rest }) => ({
    ...rest,
    kind: rest.by === 'an official' ? ('unnamed' as const) : ('person' as const),
    group: rest.by === 'mfa' || rest.by === 'kremlin' ? 'government:ru' : (rest.by ?? 'nobody'),
    onRecord: rest.by === 'an official' ? false : rest.onRecord,
    vouched: rest.by !== null && rest.vouched && !rest.onRecord,
    ...(takenBack !== null && { takenBack }),
  }));
const story = fc.array(word, { maxLength: 12 }).map((words) => told(...words));
const policy: fc.Arbitrary<StatusPolicy> = fc.record({
  name: fc.constant('trial'),
  version: fc.constant(1),
  corroborationNeeds: fc.integer({ min: 1, max: 4 }),
  disputeNeeds: fc.integer({ min: 1, max: 4 }),
  trustedConduitVouches: fc.boolean(),
  singleOfficialConfirms: fc.boolean(),
  sameWordsAreOneVoice: fc.boolean(),
});

/** Puts one more word at the end of a story, said at a given minute. */
function added(before: readonly AssessableAttribution[], last: Word, at: number): readonly AssessableAttribution[] {
  const [attribution] = told({ ...last, at });
  if (attribution === undefined) throw new Error('A word makes an attribution.');
  const place = { attributionId: 'last', revision: BigInt(before.length), recordedAt: moment(500) };
  return [...before, { ...attribution, ...place }];
}

/** What a status rests on: groups, not the attributions that stand for them. */
function counts({ status, rule, basis, challenged, ...sides }: ClaimStatusResult): object {
  const side = (voices: ClaimStatusResult['for']) =>
    voices.map(({ group, standing, firm }) => `${group} ${standing} ${firm}`).toSorted();
  return { status, rule, basis, challenged, for: side(sides.for), against: side(sides.against) };
}

describe('for every story and every policy', () => {
  it('the order of the input changes nothing', () => {
    const shuffled = story.chain((told) =>
      fc.tuple(fc.constant(told), fc.shuffledSubarray([...told], { minLength: told.length })),
    );
    fc.assert(
      fc.property(shuffled, policy, ([ordered, other], by) => {
        expect(claimStatus(other, by)).toEqual(claimStatus(ordered, by));
      }),
      RUNS,
    );
  });

  it('the status as of revision n is the status of the first n attributions', () => {
    fc.assert(
      fc.property(story, fc.nat(12), policy, (whole, n, by) => {
        const until = moment(n - 1);
        // Taken back later than any of these moments.
        const first = whole.slice(0, n).map((attribution) => ({ ...attribution, takenBack: null }));
        expect(claimStatus(whole, by, { recordedUntil: until })).toEqual(claimStatus(first, by));
      }),
      RUNS,
    );
  });

  it('a refusal to comment never moves a claim from anything but open', () => {
    fc.assert(
      fc.property(story, word, fc.nat(30), policy, (before, last, at, by) => {
        const then = claimStatus(before, by).status;
        const { takenBack: _, ...silent } = last;
        const now = claimStatus(added(before, { ...silent, stance: 'no_comment' }, at), by).status;
        expect(now).toBe(then === 'open' ? 'no_comment' : then);
      }),
      RUNS,
    );
  });

  it('an unvouched unnamed attribution never makes a claim confirmed or corroborated', () => {
    fc.assert(
      fc.property(
        story,
        fc.constantFrom(...STANCES),
        fc.boolean(),
        fc.nat(30),
        policy,
        (before, stance, hedged, at, by) => {
          const source: Word = { by: 'a stranger', kind: 'unnamed', onRecord: false, via: ['tass'] };
          const then = claimStatus(before, by);
          const now = claimStatus(added(before, { ...source, stance, tentative: hedged }, at), by);
          if (now.status === 'confirmed' || now.status === 'corroborated') expect(now.status).toBe(then.status);
          expect(now.for).toEqual(then.for);
        },
      ),
      RUNS,
    );
  });

  it('an echo changes no count and no status', () => {
    fc.assert(
      fc.property(story, fc.nat(), policy, (before, pick, by) => {
        const standing = before.filter(({ takenBack, stance }) => takenBack === null && stance !== 'no_comment');
        const original = lastWordOf(standing, standing[pick % Math.max(standing.length, 1)]?.speaker?.sourceId);
        fc.pre(original !== undefined);
        const echo: AssessableAttribution = {
          ...original,
          attributionId: 'echo',
          via: [{ trustedConduit: false }],
          vouchedBy: null,
          statedAt: moment(100),
          recordedAt: moment(500),
          revision: BigInt(before.length),
        };
        expect(counts(claimStatus([...before, echo], by))).toEqual(counts(claimStatus(before, by)));
      }),
      RUNS,
    );
  });

  it('adding an attribution and then voiding it restores the status', () => {
    fc.assert(
      fc.property(story, word, fc.nat(30), policy, (before, last, at, by) => {
        const { setAside: _, ...then } = claimStatus(before, by);
        const { setAside, ...now } = claimStatus(added(before, { ...last, takenBack: 'voided' }, at), by);
        expect(now).toEqual(then);
        expect(setAside).toContainEqual({ attributionId: 'last', reason: 'voided', by: null });
      }),
      RUNS,
    );
  });

  it('each attribution is either counted or set aside, once', () => {
    fc.assert(
      fc.property(story, policy, (told, by) => {
        const { for: supporting, against, setAside } = claimStatus(told, by);
        const counted = [...supporting, ...against].flatMap(({ attributionIds }) => attributionIds);
        const all = [...counted, ...setAside.map(({ attributionId }) => attributionId)];
        expect(all.toSorted()).toEqual(told.map(({ attributionId }) => attributionId).toSorted());
      }),
      RUNS,
    );
  });

  it('all eleven statuses are reached', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(story, (told) => {
        reached.add(claimStatus(told, STANDARD_1).status);
      }),
      { numRuns: 5_000, seed: 20230911 },
    );
    expect([...reached].toSorted()).toEqual(COMPUTED_CLAIM_STATUSES.toSorted());
  });
});

/** The latest attribution of a speaker, by when it was said. */
function lastWordOf(
  standing: readonly AssessableAttribution[],
  speaker: string | undefined,
): AssessableAttribution | undefined {
  if (speaker === undefined) return undefined;
  return standing
    .filter((attribution) => attribution.speaker?.sourceId === speaker)
    .toSorted((a, b) => compare(a.statedAt, b.statedAt) || compare(a.recordedAt, b.recordedAt))
    .at(-1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
