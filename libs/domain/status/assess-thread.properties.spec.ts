import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../refusal.js';
import { confirmation, opened, source, visit } from '../testing/a-thread.js';
import { moment } from '../testing/words.js';
import type { ThreadCommand } from '../thread/thread.commands.js';
import { threadDecider } from '../thread/thread.decider.js';
import type { ThreadEvent } from '../thread/thread.events.js';
import { CLAIM_STATUSES, STANCES, THREAD_STATUSES } from '../vocabulary.js';
import { assessThread, reassess } from './assess-thread.js';
import { STANDARD_1 } from './policy.js';
import { ThreadTally } from './thread-tally.js';

const CLAIMS = ['one', 'two', 'three'];
const claimId = fc.constantFrom(...CLAIMS);
const speakers = [
  source('kremlin', 'government'),
  source('mfa', 'official'),
  source('nyt', 'outlet'),
  source('afp', 'agency'),
  source('official', 'unnamed'),
];
const reason = 'Because.';

const recording = fc
  .record({
    claimId,
    stance: fc.constantFrom(...STANCES),
    speaker: fc.constantFrom(...speakers),
    tentative: fc.boolean(),
    standing: fc.boolean(),
    at: fc.nat(50),
    id: fc.nat(1_000_000),
  })
  .map(
    ({ at, id, speaker, ...rest }): ThreadCommand => ({
      type: 'RecordAttribution',
      attribution: {
        ...confirmation,
        ...rest,
        speaker,
        attributionId: `a${id}`,
        key: null,
        onRecord: speaker.kind !== 'unnamed',
        statedAt: moment(at),
      },
    }),
  );

/** Commands of every kind, most of them attributions; takes back what was recorded `back` attributions ago. */
const command: fc.Arbitrary<(ids: readonly string[]) => ThreadCommand> = fc.oneof(
  { weight: 8, arbitrary: recording.map((command) => () => command) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(3), fc.constantFrom('VoidAttribution' as const, 'RetractAttribution' as const))
      .map(([back, type]) => (ids: readonly string[]): ThreadCommand => {
        const attributionId = ids.at(-1 - back) ?? 'none';
        if (type === 'VoidAttribution') return { type, attributionId, reason };
        return { type, attributionId, takenBackBy: 'tass', statedAt: moment(51), reason };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(claimId, fc.constantFrom('MootClaim' as const, 'LapseClaim' as const, 'LiftRuling' as const))
      .map(
        ([claimId, type]) =>
          (): ThreadCommand => ({ type, claimId, reason }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(claimId, fc.constantFrom(...CLAIM_STATUSES), fc.nat(1_000)).map(
      ([claimId, status, id]) =>
        (): ThreadCommand => ({ type: 'RuleClaim', claimId, rulingId: `r${id}`, status, reason }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .subarray(CLAIMS, { minLength: 2 })
      .map((claimIds) => (): ThreadCommand => ({ type: 'MakeClaimsExclusive', setId: claimIds.join(), claimIds })),
  },
);

/** Carries commands out, leaving out those that the rules refuse, and tells of each event. */
function carryOut(
  commands: readonly ((ids: readonly string[]) => ThreadCommand)[],
  core: readonly boolean[],
  tell: (state: ReturnType<typeof threadDecider.initialState>, event: ThreadEvent) => void,
): void {
  let state = threadDecider.initialState();
  const ids: string[] = [];
  const append = (event: ThreadEvent) => {
    const revision = state.revision + 1n;
    state = threadDecider.evolve(state, { event, revision, recordedAt: moment(100 + Number(revision)) });
    if ('attributionId' in event.data && 'stance' in event.data === false && 'speaker' in event.data) {
      ids.push(event.data.attributionId);
    }
    tell(state, event);
  };
  append(opened);
  CLAIMS.forEach((claimId, index) => {
    append({ type: 'ClaimOpened', data: { ...visit, claimId, key: claimId, core: core[index] ?? true } });
  });
  for (const command of commands) {
    try {
      for (const event of threadDecider.decide(command(ids), state)) append(event);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

const story = fc.tuple(fc.array(command, { maxLength: 25 }), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()));

describe('for every thread', () => {
  it('a running tally stands where an assessment from scratch stands', () => {
    fc.assert(
      fc.property(story, ([commands, core]) => {
        const tally = new ThreadTally(STANDARD_1);
        carryOut(commands, core, (state) => {
          const { status, claims } = assessThread(state, STANDARD_1);
          const standing = tally.standing(state);
          expect(standing.status).toBe(status);
          for (const { claimId, status, computed } of claims.values()) {
            const { rule, basis, challenged } = computed;
            const claim = standing.claims.get(claimId);
            expect(claim?.status).toBe(status);
            const verdict = { basis: null, challenged: false, ...claim?.computed };
            expect(verdict).toEqual({ status: computed.status, rule, basis, challenged });
          }
        });
      }),
      { numRuns: 3_000 },
    );
  });

  it('assessing only the claims that an event touches is assessing all', () => {
    fc.assert(
      fc.property(story, ([commands, core]) => {
        let previous: ReturnType<typeof assessThread> | null = null;
        carryOut(commands, core, (state, { data }) => {
          const touched =
            'claimId' in data
              ? data.claimId
              : 'attributionId' in data
                ? (state.attributions.get(data.attributionId)?.claimId ?? '')
                : '';
          const whole = assessThread(state, STANDARD_1);
          if (previous !== null) expect(reassess(previous, state, new Set([touched]), STANDARD_1)).toEqual(whole);
          previous = whole;
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('a ruling never hides what the rules would give', () => {
    fc.assert(
      fc.property(story, ([commands, core]) => {
        carryOut(commands, core, (state) => {
          for (const claim of assessThread(state, STANDARD_1).claims.values()) {
            if (claim.ruling !== null) expect(claim).toMatchObject({ status: claim.ruling.status, origin: 'ruling' });
            expect(claim.computed.status).toBeDefined();
          }
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('moot and lapsed claims, and those that a confirmed rival makes moot, keep the status that stood before', () => {
    fc.assert(
      fc.property(story, ([commands, core]) => {
        carryOut(commands, core, (state) => {
          for (const claim of assessThread(state, STANDARD_1).claims.values()) {
            const isKept = ['mooted', 'lapsed', 'exclusive_set'].includes(claim.origin);
            expect(claim.lastStatus).toBe(isKept ? claim.computed.status : null);
            if (claim.origin === 'exclusive_set') {
              expect(claim.status).toBe(claim.computed.status === 'confirmed' ? 'disputed' : 'moot');
              expect(claim.rivals.length).toBeGreaterThan(0);
            }
          }
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('every status of claims and threads is reached', () => {
    const claims = new Set<string>();
    const threads = new Set<string>();
    fc.assert(
      fc.property(story, ([commands, core]) => {
        carryOut(commands, core, (state) => {
          const { status, claims: assessed } = assessThread(state, STANDARD_1);
          threads.add(status);
          for (const claim of assessed.values()) claims.add(claim.status);
        });
      }),
      { numRuns: 5_000, seed: 20230911 },
    );
    expect([...claims].toSorted()).toEqual(CLAIM_STATUSES.toSorted());
    expect([...threads].toSorted()).toEqual(THREAD_STATUSES.toSorted());
  });
});
