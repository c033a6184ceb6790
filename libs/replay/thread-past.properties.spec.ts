import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessThread } from '#domain';
import { ThreadFold, type ThreadStoredEvent, threadRows } from '#read-models';
import { carryOut, story } from '../domain/testing/random-threads.js';
import { stored } from './testing/stored-threads.js';
import { ThreadPast } from './thread-past.js';

function folded(events: readonly ThreadStoredEvent[], count: number): ThreadFold {
  const fold = new ThreadFold();
  for (const event of events.slice(0, count)) fold.fold(event);
  return fold;
}

/** All that a fold holds, in plain objects: a map that is made late is a map like others. */
function held({ state, opened, last, ...maps }: ThreadFold): object {
  const { attributions, attributionIdByKey, claims, ...rest } = state;
  const { claimOpened, claimKeys, claimLast, attributionOrigin, takenBackBy } = maps;
  const of = [
    attributions,
    attributionIdByKey,
    claims,
    claimOpened,
    claimKeys,
    claimLast,
    attributionOrigin,
    takenBackBy,
  ];
  return { rest, opened, last, maps: of.map((map) => [...map].map(([key, value]) => [key, value])).map(byKey) };
}

function byKey(entries: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

describe('any moment of any thread', () => {
  it('is what folding its events up to there gives, in whatever order moments are asked for', () => {
    fc.assert(
      fc.property(story, fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }), ([moves, core], picks) => {
        const events = carryOut(moves, core).map(stored);
        const past = new ThreadPast();
        for (const pick of picks) {
          const count = 1 + (pick % events.length);
          const [then, plain] = [past.at(events, count), folded(events, count)];
          expect(held(then)).toEqual(held(plain));
          for (const fold of [then, plain]) fold.assessment = assessThread(fold.state);
          expect(threadRows(then)).toEqual(threadRows(plain));
          // Its claims are in the order of opening, and their words in that of recording.
          expect([...then.state.claims.keys()]).toEqual([...plain.state.claims.keys()]);
          // Whoever asked owns it: what is done to it touches no other.
          for (const claim of then.state.claims.values()) {
            claim.attributions.length = 0;
            claim.mooted = true;
          }
          then.state.claims.clear();
          then.state.publications.clear();
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('is the same when the thread has grown since the last look', () => {
    fc.assert(
      fc.property(story, fc.nat(40), ([moves, core], pick) => {
        const events = carryOut(moves, core).map(stored);
        const first = 1 + (pick % events.length);
        const past = new ThreadPast();
        past.at(events.slice(0, first), first);
        expect(held(past.at(events, events.length))).toEqual(held(folded(events, events.length)));
        expect(held(past.at(events, first))).toEqual(held(folded(events, first)));
      }),
      { numRuns: 500 },
    );
  });
});
