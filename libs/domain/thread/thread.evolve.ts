import type { Recorded } from '../decider.js';
import { policyNamed, STANDARD_1 } from '../status/policy.js';
import type { AttributionId, ClaimId, Instant, Stance } from '../vocabulary.js';
import type {
  AttributionCorrected,
  AttributionEvent,
  AttributionFacts,
  AttributionRetracted,
  AttributionVoided,
  CarriedAttribution,
  CarriedClaim,
  ExclusiveSet,
  ThreadEvent,
} from './thread.events.js';
import type { AttributionRecord, ClaimRecord, ThreadState } from './thread.state.js';

export function initialThreadState(): ThreadState {
  return {
    threadId: null,
    details: null,
    policy: STANDARD_1,
    lifecycle: 'active',
    lifecycleBeforeMerge: 'active',
    mergedInto: null,
    absorbed: new Set(),
    claims: new Map(),
    claimIdByKey: new Map(),
    attributions: new Map(),
    attributionIdByKey: new Map(),
    exclusiveSets: [],
    publications: new Map(),
    publicationIdByPiece: new Map(),
    revision: -1n,
  };
}

/** See `Decider.evolve`: changes the state in place. */
export function evolveThread(state: ThreadState, recorded: Recorded<ThreadEvent>): ThreadState {
  apply(state, recorded);
  state.revision = recorded.revision;
  return state;
}

function apply(state: ThreadState, { event, revision, recordedAt }: Recorded<ThreadEvent>): void {
  switch (event.type) {
    case 'ThreadOpened': {
      const { threadId, policy, ...details } = event.data;
      state.threadId = threadId;
      state.details = details;
      state.policy = policyNamed(policy);
      return;
    }
    case 'ThreadRevised':
      state.details = event.data;
      return;
    case 'ClaimOpened':
      addClaim(state, {
        ...event.data,
        attributions: [],
        mooted: false,
        lapsed: false,
        ruling: null,
        rewrittenAt: revision,
        carriedFrom: null,
      });
      return;
    case 'ClaimReworded': {
      const { claimId, statement, core, standing } = event.data;
      const claim = state.claims.get(claimId);
      if (claim !== undefined) state.claims.set(claimId, { ...claim, statement, core, standing });
      return;
    }
    case 'ClaimReported':
    case 'ClaimConfirmed':
    case 'ClaimDenied':
    case 'CommentDeclined':
      return addAttribution(state, recordOf(event.data, STANCES[event.type], revision, recordedAt));
    case 'AttributionCorrected':
    case 'AttributionRetracted':
    case 'AttributionVoided':
      return takeBack(state, takeBackOf(event, recordedAt), revision);
    case 'ClaimsMadeExclusive':
      state.exclusiveSets = [...state.exclusiveSets, event.data];
      return;
    case 'ClaimMooted':
      return changeClaim(state, event.data.claimId, { mooted: true });
    case 'ClaimLapsed':
      return changeClaim(state, event.data.claimId, { lapsed: true });
    case 'ClaimRuled': {
      const { claimId, ...ruling } = event.data;
      return changeClaim(state, claimId, { ruling });
    }
    case 'RulingLifted':
      return changeClaim(state, event.data.claimId, { ruling: null });
    case 'ThreadPolicyChanged':
      state.policy = policyNamed(event.data.policy);
      return;
    case 'ThreadClosed':
      state.lifecycle = 'closed';
      return;
    case 'ThreadReopened':
      state.lifecycle = 'active';
      return;
    case 'ThreadMerged':
      if (event.data.role === 'absorbed') {
        state.lifecycleBeforeMerge = state.lifecycle;
        state.lifecycle = 'merged';
        state.mergedInto = event.data.otherThreadId;
        return;
      }
      state.absorbed.add(event.data.otherThreadId);
      for (const claim of event.data.claims) addClaim(state, restore(claim, event.data.otherThreadId, revision));
      state.exclusiveSets = [...state.exclusiveSets, ...event.data.exclusiveSets];
      return;
    case 'ThreadUnmerged':
      if (event.data.role === 'survivor') {
        state.absorbed.delete(event.data.otherThreadId);
        for (const claim of event.data.claims) removeClaim(state, claim.claimId);
        state.exclusiveSets = withoutSets(state.exclusiveSets, event.data.exclusiveSets);
        return;
      }
      state.lifecycle = state.lifecycleBeforeMerge;
      state.mergedInto = null;
      for (const claim of event.data.claims) {
        const carriedFrom = state.claims.get(claim.claimId)?.carriedFrom ?? null;
        removeClaim(state, claim.claimId);
        addClaim(state, restore(claim, carriedFrom, revision));
      }
      state.exclusiveSets = [
        ...withoutSets(state.exclusiveSets, event.data.exclusiveSets),
        ...event.data.exclusiveSets,
      ];
      return;
    case 'PiecePublished': {
      const { publicationId, piece } = event.data;
      state.publications.set(publicationId, { ...event.data, withdrawn: false });
      state.publicationIdByPiece.set(piece, publicationId);
      return;
    }
    case 'PieceWithdrawn': {
      const publication = state.publications.get(event.data.publicationId);
      if (publication !== undefined) {
        state.publications.set(publication.publicationId, { ...publication, withdrawn: true });
      }
      return;
    }
  }
}

function addAttribution(state: ThreadState, record: AttributionRecord): void {
  state.claims.get(record.claimId)?.attributions.push(record);
  indexAttribution(state, record);
}

function recordOf(facts: AttributionFacts, stance: Stance, revision: bigint, recordedAt: Instant): AttributionRecord {
  // Field by field: a spread with more fields after it makes objects that are slower and take twice the memory.
  return {
    attributionId: facts.attributionId,
    claimId: facts.claimId,
    key: facts.key,
    speaker: facts.speaker,
    via: facts.via,
    onRecord: facts.onRecord,
    vouchedBy: facts.vouchedBy,
    tentative: facts.tentative,
    standing: facts.standing,
    statedAt: facts.statedAt,
    quote: facts.quote,
    url: facts.url,
    note: facts.note,
    stance,
    recordedAt,
    revision,
    takenBack: null,
  };
}

/** The attribution that an event records, as the fold of its thread knows it just after; null: it records none. */
export function attributionIn({ event, revision, recordedAt }: Recorded<ThreadEvent>): AttributionRecord | null {
  return 'speaker' in event.data
    ? recordOf(event.data, STANCES[event.type as AttributionEvent['type']], revision, recordedAt)
    : null;
}

const STANCES = {
  ClaimReported: 'report',
  ClaimConfirmed: 'confirm',
  ClaimDenied: 'deny',
  CommentDeclined: 'no_comment',
} as const satisfies Record<AttributionEvent['type'], Stance>;

type TakingBack = AttributionCorrected | AttributionRetracted | AttributionVoided;

/** Which attribution an event takes back, and how. */
export interface TakenBack {
  readonly attributionId: AttributionId;
  readonly takenBack: NonNullable<AttributionRecord['takenBack']>;
}

function takeBackOf(event: TakingBack, recordedAt: Instant): TakenBack {
  const { attributionId } = event.data;
  switch (event.type) {
    case 'AttributionCorrected': {
      const { statedAt, replacedBy } = event.data;
      return { attributionId, takenBack: { how: 'corrected', statedAt, recordedAt, replacedBy } };
    }
    case 'AttributionRetracted': {
      const { statedAt } = event.data;
      return { attributionId, takenBack: { how: 'retracted', statedAt, recordedAt, replacedBy: null } };
    }
    case 'AttributionVoided':
      return { attributionId, takenBack: { how: 'voided', statedAt: null, recordedAt, replacedBy: null } };
  }
}

/** Null: the event takes none back. */
export function takeBackIn({ event, recordedAt }: Recorded<ThreadEvent>): TakenBack | null {
  const takesBack =
    event.type === 'AttributionCorrected' ||
    event.type === 'AttributionRetracted' ||
    event.type === 'AttributionVoided';
  return takesBack ? takeBackOf(event, recordedAt) : null;
}

/** Who has a key first keeps it: a carried attribution with a key of this thread's own is found by its id alone. */
function indexAttribution(state: ThreadState, record: AttributionRecord): void {
  state.attributions.set(record.attributionId, record);
  if (record.key !== null && !state.attributionIdByKey.has(record.key)) {
    state.attributionIdByKey.set(record.key, record.attributionId);
  }
}

function addClaim(state: ThreadState, claim: ClaimRecord): void {
  state.claims.set(claim.claimId, claim);
  if (claim.key !== null && !state.claimIdByKey.has(claim.key)) state.claimIdByKey.set(claim.key, claim.claimId);
  for (const attribution of claim.attributions) indexAttribution(state, attribution);
}

function removeClaim(state: ThreadState, claimId: ClaimId): void {
  const claim = state.claims.get(claimId);
  if (claim === undefined) return;
  state.claims.delete(claimId);
  if (claim.key !== null && state.claimIdByKey.get(claim.key) === claimId) state.claimIdByKey.delete(claim.key);
  for (const { attributionId, key } of claim.attributions) {
    state.attributions.delete(attributionId);
    if (key !== null && state.attributionIdByKey.get(key) === attributionId) state.attributionIdByKey.delete(key);
  }
}

function changeClaim(
  state: ThreadState,
  claimId: ClaimId,
  change: Partial<Pick<ClaimRecord, 'mooted' | 'lapsed' | 'ruling'>>,
): void {
  const claim = state.claims.get(claimId);
  if (claim !== undefined) Object.assign(claim, change);
}

function takeBack(state: ThreadState, { attributionId, takenBack }: TakenBack, revision: bigint): void {
  const record = state.attributions.get(attributionId);
  if (record === undefined) return;
  record.takenBack = takenBack;
  const claim = state.claims.get(record.claimId);
  if (claim !== undefined) claim.rewrittenAt = revision;
}

function withoutSets(sets: readonly ExclusiveSet[], gone: readonly ExclusiveSet[]): readonly ExclusiveSet[] {
  return sets.filter((set) => !gone.some((other) => other.setId === set.setId));
}

function restore(carried: CarriedClaim, carriedFrom: string | null, revision: bigint): ClaimRecord {
  const { attributions, ...claim } = carried;
  return {
    ...claim,
    carriedFrom,
    rewrittenAt: revision,
    attributions: attributions.map(({ revision, ...facts }) => ({ ...facts, revision: BigInt(revision) })),
  };
}

/** The claims as a merge or its undoing stores them. */
export function carriedClaims(state: ThreadState, which: (claim: ClaimRecord) => boolean = () => true): CarriedClaim[] {
  return [...state.claims.values()]
    .filter(which)
    .map(({ carriedFrom: _, rewrittenAt: __, attributions, ...claim }) => ({
      ...claim,
      attributions: attributions.map(
        ({ revision, ...facts }): CarriedAttribution => ({ ...facts, revision: revision.toString() }),
      ),
    }));
}
