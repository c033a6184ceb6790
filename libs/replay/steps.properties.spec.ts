import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessThread, attributionIn, threadDecider } from '#domain';
import { echoesIn } from '#echoes';
import { carryOut, story } from '../domain/testing/random-threads.js';
import { moment } from '../domain/testing/words.js';
import { echoesOf } from './record.js';
import { saidUntil } from './said-until.js';
import { StepFold, standingOf } from './steps.js';
import { stored } from './testing/stored-threads.js';

const RUNS = { numRuns: 300 };

describe('the steps of any thread', () => {
  it('go from the status of the events before to that of the events so far', () => {
    fc.assert(
      fc.property(story, ([moves, core]) => {
        const log = carryOut(moves, core);
        const folding = new StepFold();
        let state = threadDecider.initialState();
        let before = assessThread(state);
        for (const recorded of log) {
          state = threadDecider.evolve(state, recorded);
          const after = assessThread(state);
          const step = folding.step(stored(recorded));
          const changed = new Map(step.claims.map((change) => [change.claimId, change]));
          for (const claimId of new Set([...before.claims.keys(), ...after.claims.keys()])) {
            const [was, is] = [standingOf(before.claims.get(claimId)), standingOf(after.claims.get(claimId))];
            const change = changed.get(claimId);
            if (change === undefined) expect(is).toEqual(was);
            else expect(change).toMatchObject({ from: was, to: is });
          }
          expect(step.threadStatus).toBe(after.status);
          expect(step.thread?.to ?? before.status).toBe(after.status);
          const open = new Set([...before.openQuestions, ...step.openQuestions.opened]);
          for (const claimId of step.openQuestions.closed) open.delete(claimId);
          expect([...open].toSorted()).toEqual(after.openQuestions.toSorted());
          before = after;
        }
      }),
      RUNS,
    );
  });
});

it('a new attribution echoes what its step will say, whoever asks before it is recorded and however often', () => {
  fc.assert(
    fc.property(story, fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }), ([moves, core], asks) => {
      const folding = new StepFold();
      let state = threadDecider.initialState();
      for (const [index, recorded] of carryOut(moves, core).entries()) {
        const attribution = attributionIn(recorded);
        const isAsked = attribution !== null && asks[index % asks.length] === true;
        const before = isAsked ? echoesIn(state, attribution) : null;
        const echoes = echoesOf(folding.step(stored(recorded)));
        if (before !== null) expect(before).toEqual(echoes);
        state = threadDecider.evolve(state, recorded);
      }
    }),
    RUNS,
  );
});

describe('a thread as it had been said until a moment', () => {
  it('is assessed as the policy assesses it with that bound', () => {
    fc.assert(
      fc.property(story, fc.nat(60), ([moves, core], minute) => {
        const state = carryOut(moves, core).reduce(threadDecider.evolve, threadDecider.initialState());
        const statedUntil = moment(minute);
        const bounded = assessThread(state, { statedUntil });
        expect(assessThread(saidUntil(state, statedUntil))).toEqual(bounded);
      }),
      RUNS,
    );
  });
});
