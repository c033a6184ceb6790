import { describe, expect, it } from 'vitest';
import type { ThreadEvent } from '#domain';
import {
  confirmation,
  confirmed,
  details,
  opened,
  source,
  talksOpened,
  visit,
  visitOpened,
} from '../domain/testing/a-thread.js';
import { moment } from '../domain/testing/words.js';
import { namesIn } from './names.js';
import { sentenceOf } from './sentence.js';
import { type ReplayStep, StepFold } from './steps.js';
import { stored } from './testing/stored-threads.js';

const names = {
  sources: new Map([
    ['kremlin', 'The Kremlin'],
    ['tass', 'TASS'],
    ['official', 'a senior official'],
  ]),
  threads: new Map([['other', 'kim-in-russia']]),
};
const reason = 'Typed twice.';
const attributionId = confirmation.attributionId;
const takenBack = { attributionId, statedAt: moment(9), reason };
const { stance: _, ...word } = confirmation;
const carried = {
  ...visit,
  claimId: 'carried',
  key: 'arms',
  attributions: [],
  mooted: false,
  lapsed: false,
  ruling: null,
};
const merged = { otherThreadId: 'other', claims: [carried], exclusiveSets: [], reason };

function lastOf(...events: readonly ThreadEvent[]): ReplayStep {
  const folding = new StepFold();
  const steps = [opened, visitOpened, ...events].map((event, index) =>
    folding.step(stored({ event, revision: BigInt(index), recordedAt: moment(index) })),
  );
  return steps.at(-1) as ReplayStep;
}

describe('the sentence of a step', () => {
  it.each<[string, readonly ThreadEvent[]]>([
    ['The Kremlin, via TASS, confirms "visit": open -> confirmed (single); the thread open -> confirmed', [confirmed]],
    [
      'The Kremlin, via TASS, tentatively confirms "visit": open -> tentative; the thread open -> developing',
      [{ type: 'ClaimConfirmed', data: { ...confirmed.data, tentative: true } as typeof word & { standing: boolean } }],
    ],
    [
      'A senior official, vouched for by Ann, reports "visit": open -> reported; the thread open -> developing',
      [
        {
          type: 'ClaimReported',
          data: {
            ...word,
            speaker: source('official', 'unnamed'),
            via: [],
            onRecord: false,
            vouchedBy: 'Ann',
            standing: false,
          },
        },
      ],
    ],
    [
      'An unknown speaker denies "visit": open -> unverified; the thread open -> developing',
      [{ type: 'ClaimDenied', data: { ...word, speaker: null, via: [], onRecord: false, standing: false } }],
    ],
    [
      'The Kremlin, via TASS, declines to comment on "visit": open -> no comment; the thread open -> developing',
      [{ type: 'CommentDeclined', data: { ...word, standing: true } }],
    ],
    [
      'The Kremlin takes back its word on "visit" (Typed twice.): confirmed (single) -> retracted; the thread confirmed -> retracted',
      [confirmed, { type: 'AttributionRetracted', data: { ...takenBack, takenBackBy: 'kremlin' } }],
    ],
    [
      'TASS takes back the word of the Kremlin on "visit" (Typed twice.): confirmed (single) -> retracted; the thread confirmed -> retracted',
      [confirmed, { type: 'AttributionRetracted', data: { ...takenBack, takenBackBy: 'tass' } }],
    ],
    [
      'Test desk voids what the Kremlin was recorded to have said on "visit" (Typed twice.): confirmed (single) -> open; the thread confirmed -> open',
      [confirmed, { type: 'AttributionVoided', data: { attributionId, reason } }],
    ],
    [
      'Test desk rules that "visit" is denied (Typed twice.): confirmed (single) -> denied (ruling); the thread confirmed -> denied',
      [confirmed, { type: 'ClaimRuled', data: { claimId: visit.claimId, rulingId: 'r', status: 'denied', reason } }],
    ],
    [
      'Test desk says that 2 claims cannot all be true; "talks" open -> moot (excluded); the thread partly confirmed -> confirmed',
      [
        talksOpened,
        confirmed,
        { type: 'ClaimsMadeExclusive', data: { setId: 's', claimIds: ['claim-visit', 'claim-talks'] } },
      ],
    ],
    [
      'Test desk changes the headline to "Kim in Russia" and the topics to none',
      [{ type: 'ThreadRevised', data: { ...details, headline: 'Kim in Russia', topics: [] } }],
    ],
    [
      'Test desk merges kim-in-russia into this thread, with its 1 claim (Typed twice.)',
      [{ type: 'ThreadMerged', data: { ...merged, role: 'survivor', absorbedRevision: '3' } }],
    ],
    [
      'Test desk merges this thread into kim-in-russia, which speaks for it from here on (Typed twice.)',
      [{ type: 'ThreadMerged', data: { ...merged, claims: [], role: 'absorbed', absorbedRevision: '3' } }],
    ],
    ['Test desk closes the thread (Typed twice.)', [{ type: 'ThreadClosed', data: { reason } }]],
  ])('%s', (sentence, events) => {
    expect(sentenceOf(lastOf(...events), names)).toBe(sentence);
  });

  it('names a source that nobody has named by its id', () => {
    const step = lastOf(confirmed);
    expect(namesIn([step])).toEqual({ sources: ['kremlin', 'tass'], threads: [] });
    const unnamed = { sources: new Map<string, string>(), threads: new Map<string, string>() };
    expect(sentenceOf(step, unnamed)).toContain('Source kremlin, via source tass, confirms "visit"');
  });
});
