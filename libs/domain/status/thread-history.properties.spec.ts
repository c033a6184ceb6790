import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOut, story } from '../testing/random-threads.js';
import { moment } from '../testing/words.js';
import { threadDecider } from '../thread/thread.decider.js';
import { carriedClaims } from '../thread/thread.evolve.js';
import type { ThreadState } from '../thread/thread.state.js';
import { assessThread } from './assess-thread.js';
import type { AssessableAttribution } from './assessment.js';
import { claimStatus } from './claim-status.js';
import { possibleChanges } from './smallest-changes.js';

const RUNS = { numRuns: 2_000 };

/** The same, and whoever writes to it fails. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

/** Every attribution of every claim that the thread has. */
const attributionsOf = (state: ThreadState) => [...state.claims.values()].map(({ attributions }) => attributions);

describe('for every thread, told event by event', () => {
  it('what was known at revision n is what the first n events say, with what was taken back since', () => {
    fc.assert(
      fc.property(story, fc.nat(), ([moves, core], pick) => {
        const log = carryOut(moves, core);
        // A merge brings what was recorded before it: what this thread knew is then no question of times.
        const own = log.findIndex(({ event }) => event.type === 'ThreadMerged');
        const whole = log.slice(0, own === -1 ? undefined : own);
        const fold = (events: typeof whole) => events.reduce(threadDecider.evolve, threadDecider.initialState());
        const then = fold(whole.slice(0, (pick % whole.length) + 1));
        const at = { recordedUntil: moment(100 + Number(then.revision)) };
        const now = assessThread({ ...fold(whole), policy: then.policy }, at);
        for (const { claimId, computed } of assessThread(then).claims.values()) {
          expect(now.claims.get(claimId)?.computed).toEqual(computed);
        }
      }),
      RUNS,
    );
  });

  it('an event is never changed by those that follow, nor is what a merge carries away', () => {
    fc.assert(
      fc.property(story, ([moves, core]) => {
        const log = frozen(carryOut(moves, core));
        let state = threadDecider.initialState();
        for (const recorded of log) {
          frozen(carriedClaims(state));
          state = threadDecider.evolve(state, recorded);
        }
        expect(state.revision).toBe(BigInt(log.length - 1));
      }),
      RUNS,
    );
  });

  it('folding the log again gives the same state', () => {
    fc.assert(
      fc.property(story, ([moves, core]) => {
        let live: ThreadState | null = null;
        const log = carryOut(moves, core, (state) => {
          live = state;
        });
        expect(log.reduce(threadDecider.evolve, threadDecider.initialState())).toEqual(live);
      }),
      RUNS,
    );
  });

  it('an attribution is found by its id just when its claim is there', () => {
    fc.assert(
      fc.property(story, ([moves, core]) => {
        carryOut(moves, core, (state) => {
          const held = attributionsOf(state).flat();
          expect([...state.attributions.values()].toSorted(byId)).toEqual(held.toSorted(byId));
          for (const { key, claimId } of state.claims.values()) expect(state.claimIdByKey.get(key ?? '')).toBe(claimId);
        });
      }),
      RUNS,
    );
  });

  it('every change that is promised comes true, and what is not promised does not happen', () => {
    fc.assert(
      fc.property(story, ([moves, core]) => {
        let last: ThreadState = threadDecider.initialState();
        carryOut(moves, core, (state) => {
          last = state;
        });
        const { policy } = last;
        for (const attributions of attributionsOf(last)) {
          const now = claimStatus(attributions, policy).status;
          const promised = possibleChanges(attributions, policy);
          const reached = additions.map((addition) => claimStatus([...attributions, addition], policy).status);
          expect(new Set(promised.map(({ becomes }) => becomes))).toEqual(
            new Set(reached.filter((status) => status !== now)),
          );
        }
      }),
      RUNS,
    );
  });
});

/** Each kind of word that a speaker not heard yet could add. */
const additions = (['report', 'confirm', 'deny', 'no_comment'] as const).flatMap((stance) =>
  [true, false].flatMap((tentative) =>
    (['party', 'person', 'unnamed'] as const).map(
      (speaker): AssessableAttribution => ({
        attributionId: 'added',
        stance,
        speaker: { sourceId: 'new', kind: speaker === 'unnamed' ? 'unnamed' : 'person', group: 'new' },
        via: [],
        onRecord: speaker !== 'unnamed',
        vouchedBy: null,
        tentative,
        standing: speaker === 'party',
        quote: null,
        statedAt: moment(70),
        recordedAt: moment(1_000),
        revision: 1_000n,
        takenBack: null,
      }),
    ),
  ),
);

function byId(a: { readonly attributionId: string }, b: { readonly attributionId: string }): number {
  return a.attributionId < b.attributionId ? -1 : 1;
}
