import { expect } from 'vitest';
import type { Decider } from '../decider.js';
import { Refusal, type RefusalCode } from '../refusal.js';
import { moment } from './words.js';

/** `given(events).when(command).then(events)`, or `.thenRefuses(code)`. One event is recorded a minute. */
export function specOf<State, Command, Event>(decider: Decider<State, Command, Event>) {
  const stateAfter = (events: readonly Event[]) =>
    events.reduce(
      (state, event, index) => decider.evolve(state, { event, revision: BigInt(index), recordedAt: moment(index) }),
      decider.initialState(),
    );
  return {
    stateAfter,
    given: (...events: readonly Event[]) => ({
      when: (command: Command) => ({
        // biome-ignore lint/suspicious/noThenProperty: given, when, then; nobody awaits it.
        then: (...expected: readonly Event[]) => {
          expect(decider.decide(command, stateAfter(events))).toEqual(expected);
          // Carried out, and sent once more: a retried command decides nothing.
          expect(decider.decide(command, stateAfter([...events, ...expected]))).toEqual([]);
        },
        thenOnly: (...expected: readonly Event[]) => {
          expect(decider.decide(command, stateAfter(events))).toEqual(expected);
        },
        thenNothing: () => expect(decider.decide(command, stateAfter(events))).toEqual([]),
        thenRefuses: (code: RefusalCode, field?: string) => {
          const state = stateAfter(events);
          let refusal: unknown = null;
          try {
            decider.decide(command, state);
          } catch (error) {
            refusal = error;
          }
          expect(refusal).toBeInstanceOf(Refusal);
          expect(refusal).toMatchObject({ code, ...(field !== undefined && { field }) });
        },
      }),
    }),
  };
}
