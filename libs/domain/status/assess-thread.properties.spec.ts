import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOut, story } from '../testing/random-threads.js';
import type { ThreadEvent } from '../thread/thread.events.js';
import type { ThreadState } from '../thread/thread.state.js';
import { CLAIM_STATUSES, THREAD_STATUSES } from '../vocabulary.js';
import { assessThread, reassess } from './assess-thread.js';
import { ThreadTally } from './thread-tally.js';

/** The claims whose attributions an event may have changed. */
function subjectsOf(state: ThreadState, data: ThreadEvent['data']): readonly string[] {
  if ('claims' in data) return data.claims.map(({ claimId }) => claimId);
  if ('claimId' in data) return [data.claimId];
  return 'attributionId' in data ? [state.attributions.get(data.attributionId)?.claimId ?? ''] : [];
}

describe('for every thread', () => {
  it('a running tally stands where an assessment from scratch stands', () => {
    fc.assert(
      fc.property(story, ([commands, core]) => {
        const tally = new ThreadTally();
        carryOut(commands, core, (state) => {
          const { status, claims } = assessThread(state);
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
          const touched = new Set(subjectsOf(state, data));
          const whole = assessThread(state);
          if (previous !== null) expect(reassess(previous, state, touched)).toEqual(whole);
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
          for (const claim of assessThread(state).claims.values()) {
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
          for (const claim of assessThread(state).claims.values()) {
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
          const { status, claims: assessed } = assessThread(state);
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
