import { Refusal } from '../refusal.js';
import type { ClaimId } from '../vocabulary.js';
import type {
  LapseClaim,
  LiftRuling,
  MakeClaimsExclusive,
  MootClaim,
  NewClaim,
  OpenClaim,
  RewordClaim,
  RuleClaim,
} from './thread.commands.js';
import type { ClaimDetails, ThreadEvent } from './thread.events.js';
import type { ClaimRecord, ThreadState } from './thread.state.js';
import { unknownClaim } from './unknown-claim.js';

export function decideOpenClaim({ claim }: OpenClaim, state: ThreadState): readonly ThreadEvent[] {
  return isOpened(claim, state, '') ? [] : [{ type: 'ClaimOpened', data: claim }];
}

/** A retry by id, or the same claim sent again under the tool's own key. */
export function isOpened(claim: NewClaim, state: ThreadState, at: string): boolean {
  const sameId = state.claims.has(claim.claimId);
  if (sameId || claim.key === null) return sameId;
  const known = state.claims.get(state.claimIdByKey.get(claim.key) ?? '');
  if (known === undefined) return false;
  if (sameDetails(known, claim)) return true;
  throw new Refusal(
    'claim_key_taken',
    `The key "${claim.key}" belongs to claim ${known.claimId}, which says something else. Reword that claim, or send another key.`,
    `${at}/key`,
  );
}

export function decideReword({ claimId, changes, reason }: RewordClaim, state: ThreadState): readonly ThreadEvent[] {
  const { statement, core, standing } = claimOf(state, claimId);
  const details: ClaimDetails = { statement, core, standing, ...changes };
  if (sameDetails({ statement, core, standing }, details)) return [];
  return [{ type: 'ClaimReworded', data: { claimId, ...details, reason } }];
}

export function decideExclusive({ setId, claimIds }: MakeClaimsExclusive, state: ThreadState): readonly ThreadEvent[] {
  const distinct = [...new Set(claimIds)];
  for (const claimId of distinct) claimOf(state, claimId, '/claims');
  if (distinct.length < 2) {
    throw new Refusal(
      'exclusive_set_too_small',
      'Claims that cannot all be true are at least two. Name two or more different claims of this thread.',
      '/claims',
    );
  }
  const members = distinct.toSorted().join();
  if (state.exclusiveSets.some((set) => set.claimIds.toSorted().join() === members)) return [];
  return [{ type: 'ClaimsMadeExclusive', data: { setId, claimIds: distinct } }];
}

export function decideMoot({ claimId, reason }: MootClaim, state: ThreadState): readonly ThreadEvent[] {
  const claim = claimOf(state, claimId);
  if (claim.mooted) return [];
  refuseSettled(claim);
  return [{ type: 'ClaimMooted', data: { claimId, reason } }];
}

export function decideLapse({ claimId, reason }: LapseClaim, state: ThreadState): readonly ThreadEvent[] {
  const claim = claimOf(state, claimId);
  if (claim.lapsed) return [];
  refuseSettled(claim);
  return [{ type: 'ClaimLapsed', data: { claimId, reason } }];
}

/** A new ruling takes the place of the one before. */
export function decideRule(command: RuleClaim, state: ThreadState): readonly ThreadEvent[] {
  const { claimId, rulingId, status, reason } = command;
  if (claimOf(state, claimId).ruling?.rulingId === rulingId) return [];
  return [{ type: 'ClaimRuled', data: { claimId, rulingId, status, reason } }];
}

export function decideLift({ claimId, reason }: LiftRuling, state: ThreadState): readonly ThreadEvent[] {
  const { ruling } = claimOf(state, claimId);
  if (ruling !== null) return [{ type: 'RulingLifted', data: { claimId, rulingId: ruling.rulingId, reason } }];
  throw new Refusal('ruling_not_found', `No ruling stands on claim ${claimId}, so there is none to lift.`);
}

function refuseSettled(claim: ClaimRecord): void {
  if (!claim.mooted && !claim.lapsed) return;
  const how = claim.mooted ? 'moot' : 'lapsed';
  throw new Refusal(
    'claim_already_settled',
    `Claim ${claim.claimId} is ${how} already. If that is wrong, rule on it with a reason.`,
  );
}

function claimOf(state: ThreadState, claimId: ClaimId, field?: string): ClaimRecord {
  const claim = state.claims.get(claimId);
  if (claim === undefined) throw unknownClaim(claimId, field);
  return claim;
}

function sameDetails(a: ClaimDetails, b: ClaimDetails): boolean {
  return (
    a.statement === b.statement && a.core === b.core && a.standing.toSorted().join() === b.standing.toSorted().join()
  );
}
