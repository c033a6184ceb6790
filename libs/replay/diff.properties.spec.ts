import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessThread } from '#domain';
import { ThreadFold } from '#read-models';
import { carryOut, story } from '../domain/testing/random-threads.js';
import { moment } from '../domain/testing/words.js';
import { diffOf } from './diff.js';
import { explain } from './explain.js';
import type { ThreadThen } from './replay.js';
import { saidUntil } from './said-until.js';
import { standingOf } from './steps.js';
import { stored } from './testing/stored-threads.js';

const NAMES = { sources: new Map<string, string>(), threads: new Map<string, string>() };

function viewOf(log: ReturnType<typeof carryOut>, length: number, statedUntil: string | null): ThreadThen {
  const fold = new ThreadFold();
  for (const recorded of log.slice(0, length)) fold.fold(stored(recorded));
  if (statedUntil !== null) fold.state = saidUntil(fold.state, statedUntil);
  fold.assessment = assessThread(fold.state);
  const asOf = { revision: BigInt(length - 1), recordedAt: moment(length), recordedUntil: null, statedUntil };
  return { fold, asOf };
}

const cut = fc.record({ length: fc.nat(40), said: fc.option(fc.nat(60)) });

describe('the diff of any two views of any thread', () => {
  it('leads from the one to the other, in either direction of time', () => {
    fc.assert(
      fc.property(story, cut, cut, ([moves, core], first, second) => {
        const log = carryOut(moves, core);
        const [a, b] = [first, second].map(({ length, said }) =>
          viewOf(log, 1 + (length % log.length), said === null ? null : moment(said)),
        ) as [ThreadThen, ThreadThen];
        const diff = diffOf(a, b);
        const standings = ({ fold }: ThreadThen) =>
          new Map([...fold.assessment.claims].map(([claimId, claim]) => [claimId, standingOf(claim)]));
        const applied = standings(a);
        for (const { claimId, to } of diff.claims) {
          if (to === null) applied.delete(claimId);
          else applied.set(claimId, to);
        }
        expect(applied).toEqual(standings(b));
        expect(diff.thread?.to ?? a.fold.assessment.status).toBe(b.fold.assessment.status);
        const ids = new Set(a.fold.state.attributions.keys());
        for (const { attributionId } of diff.attributions.added) ids.add(attributionId);
        for (const { attributionId } of diff.attributions.gone) ids.delete(attributionId);
        expect(ids).toEqual(new Set(b.fold.state.attributions.keys()));
        const questions = new Set([...a.fold.assessment.openQuestions, ...diff.openQuestions.opened]);
        for (const claimId of diff.openQuestions.closed) questions.delete(claimId);
        expect(questions).toEqual(new Set(b.fold.assessment.openQuestions));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the explanation of any claim', () => {
  it('accounts for each of its attributions once', () => {
    fc.assert(
      fc.property(story, ([moves, core]) => {
        const log = carryOut(moves, core);
        const then = viewOf(log, log.length, null);
        for (const [claimId, claim] of then.fold.state.claims) {
          const told = explain(then, claimId, NAMES);
          const voices = [...(told?.for ?? []), ...(told?.against ?? [])].flatMap(({ words }) => words);
          const ids = [...voices, ...(told?.setAside ?? [])].map(({ attributionId }) => attributionId);
          expect(ids.toSorted()).toEqual(claim.attributions.map(({ attributionId }) => attributionId).toSorted());
        }
      }),
      { numRuns: 200 },
    );
  });
});
