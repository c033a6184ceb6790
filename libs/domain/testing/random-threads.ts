import fc from 'fast-check';
import type { Recorded } from '../decider.js';
import { Refusal } from '../refusal.js';
import { POLICY_NAMES } from '../status/policy.js';
import type { NewAttribution, ThreadCommand } from '../thread/thread.commands.js';
import { threadDecider } from '../thread/thread.decider.js';
import type { CarriedClaim, ThreadEvent } from '../thread/thread.events.js';
import type { ThreadState } from '../thread/thread.state.js';
import { CLAIM_STATUSES, STANCES } from '../vocabulary.js';
import { confirmation, opened, source, visit } from './a-thread.js';
import { moment } from './words.js';

const CLAIMS = ['one', 'two', 'three'];
/** Of another thread, which a merge brings and an unmerge takes away. */
const CARRIED = 'carried';
const claimId = fc.constantFrom(...CLAIMS, ...CLAIMS, CARRIED);
const speakers = [
  source('kremlin', 'government'),
  source('mfa', 'official'),
  source('nyt', 'outlet'),
  source('afp', 'agency'),
  source('official', 'unnamed'),
  null,
];
const carriers = [source('tass'), { ...source('yonhap'), trustedConduit: true }];
const QUOTES = [
  null,
  'A train presumed to be carrying the leader has left the capital.',
  'The special train was seen at the border late on Sunday evening.',
];
const reason = 'Because.';
const takenBackBy = 'tass';

const attribution: fc.Arbitrary<NewAttribution> = fc
  .record({
    claimId,
    stance: fc.constantFrom(...STANCES),
    speaker: fc.constantFrom(...speakers),
    via: fc.constantFrom(carriers.slice(0, 1), carriers),
    tentative: fc.boolean(),
    standing: fc.boolean(),
    quote: fc.constantFrom(...QUOTES),
    at: fc.nat(50),
    id: fc.nat(1_000_000),
  })
  .map(({ at, id, speaker, standing, ...rest }) => ({
    ...confirmation,
    ...rest,
    speaker,
    standing: speaker !== null && standing,
    attributionId: `a${id}`,
    key: null,
    onRecord: speaker !== null && speaker.kind !== 'unnamed',
    statedAt: moment(at),
  }));

/** Before the merge, in the thread that it comes from. */
const retracted = { how: 'retracted', statedAt: moment(52), recordedAt: moment(70), replacedBy: null } as const;

const carried: fc.Arbitrary<readonly CarriedClaim[]> = fc.array(attribution, { maxLength: 3 }).map((attributions) => [
  {
    ...visit,
    claimId: CARRIED,
    key: CARRIED,
    mooted: false,
    lapsed: false,
    ruling: null,
    attributions: attributions.map((facts, index) => ({
      ...facts,
      attributionId: `${facts.attributionId}-carried-${index}`,
      claimId: CARRIED,
      standing: facts.standing ?? false,
      recordedAt: moment(60 + index),
      revision: String(index),
      takenBack: facts.tentative ? retracted : null,
    })),
  },
]);

/** A command, given the ids of the attributions recorded so far. */
type Move = (ids: readonly string[]) => ThreadCommand;
const always = (command: ThreadCommand): Move => {
  return () => command;
};

const takeBack = fc
  .tuple(fc.nat(3), fc.constantFrom('VoidAttribution', 'RetractAttribution', 'CorrectAttribution'), attribution)
  .map(([back, type, replacement]): Move => {
    return (ids) => {
      const attributionId = ids.at(-1 - back) ?? 'none';
      const facts = { attributionId, takenBackBy, statedAt: moment(51), reason };
      if (type === 'VoidAttribution') return { type, attributionId, reason };
      if (type === 'RetractAttribution') return { type, ...facts };
      return { type: 'CorrectAttribution', ...facts, replacement };
    };
  });

const onClaim = fc
  .tuple(
    claimId,
    fc.constantFrom('MootClaim', 'LapseClaim', 'LiftRuling', 'RewordClaim', 'RuleClaim'),
    fc.constantFrom(...CLAIM_STATUSES),
    fc.record({ core: fc.boolean(), rulingId: fc.nat(1_000) }),
  )
  .map(([claimId, type, status, { core, rulingId }]): Move => {
    if (type === 'RewordClaim') return always({ type, claimId, changes: { core }, reason });
    if (type === 'RuleClaim') return always({ type, claimId, rulingId: `r${rulingId}`, status, reason });
    return always({ type: type as 'MootClaim' | 'LapseClaim' | 'LiftRuling', claimId, reason });
  });

const onThread = fc.oneof(
  fc
    .subarray([...CLAIMS, CARRIED], { minLength: 2 })
    .map((claimIds) => always({ type: 'MakeClaimsExclusive', setId: claimIds.join(), claimIds })),
  fc.constantFrom(
    always({ type: 'CloseThread', reason }),
    always({ type: 'ReopenThread', reason }),
    always({ type: 'ReleaseThread', from: 'another', reason }),
  ),
  fc.constantFrom(...POLICY_NAMES).map((policy) => always({ type: 'ChangeThreadPolicy', policy, reason })),
  carried.map((claims) =>
    always({ type: 'AbsorbThread', from: 'another', absorbedRevision: 5n, claims, exclusiveSets: [], reason }),
  ),
);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: attribution.map((attribution) => always({ type: 'RecordAttribution', attribution })) },
  { weight: 3, arbitrary: takeBack },
  { weight: 2, arbitrary: onClaim },
  { weight: 2, arbitrary: onThread },
);

/** Commands of every kind, most of them attributions, and which of the three claims are core. */
export const story = fc.tuple(fc.array(move, { maxLength: 25 }), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()));

/** Carries commands out, leaving out those that the rules refuse, and tells of each event. One is recorded a minute. */
export function carryOut(
  moves: readonly Move[],
  core: readonly boolean[],
  tell: (state: ThreadState, event: ThreadEvent) => void = () => undefined,
): readonly Recorded<ThreadEvent>[] {
  let state = threadDecider.initialState();
  const log: Recorded<ThreadEvent>[] = [];
  const ids: string[] = [];
  const append = (event: ThreadEvent) => {
    const recorded = { event, revision: BigInt(log.length), recordedAt: moment(100 + log.length) };
    log.push(recorded);
    state = threadDecider.evolve(state, recorded);
    if ('speaker' in event.data) ids.push(event.data.attributionId);
    tell(state, event);
  };
  append(opened);
  CLAIMS.forEach((claimId, index) => {
    append({ type: 'ClaimOpened', data: { ...visit, claimId, key: claimId, core: core[index] ?? true } });
  });
  for (const move of moves) {
    try {
      for (const event of threadDecider.decide(move(ids), state)) append(event);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return log;
}
