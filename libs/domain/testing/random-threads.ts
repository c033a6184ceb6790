import fc from 'fast-check';
import { Refusal } from '../refusal.js';
import type { ThreadCommand } from '../thread/thread.commands.js';
import { threadDecider } from '../thread/thread.decider.js';
import type { ThreadEvent } from '../thread/thread.events.js';
import type { ThreadState } from '../thread/thread.state.js';
import { CLAIM_STATUSES, STANCES } from '../vocabulary.js';
import { confirmation, opened, source, visit } from './a-thread.js';
import { moment } from './words.js';

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
export function carryOut(
  commands: readonly ((ids: readonly string[]) => ThreadCommand)[],
  core: readonly boolean[],
  tell: (state: ThreadState, event: ThreadEvent) => void,
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

export const story = fc.tuple(fc.array(command, { maxLength: 25 }), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()));
