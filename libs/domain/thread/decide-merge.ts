import { Refusal } from '../refusal.js';
import type { AbsorbThread, MergeThread, ReleaseThread, UnmergeThread } from './thread.commands.js';
import type { ThreadEvent } from './thread.events.js';
import { carriedClaims } from './thread.evolve.js';
import type { ThreadState } from './thread.state.js';

export function decideMerge({ into, reason }: MergeThread, state: ThreadState): readonly ThreadEvent[] {
  if (into === state.threadId) {
    throw new Refusal(
      'thread_merge_into_itself',
      `Thread ${into} cannot be merged into itself. Name another.`,
      '/into',
    );
  }
  if (state.mergedInto === into) return [];
  return [
    {
      type: 'ThreadMerged',
      data: {
        role: 'absorbed',
        otherThreadId: into,
        absorbedRevision: state.revision.toString(),
        claims: [],
        exclusiveSets: [],
        reason,
      },
    },
  ];
}

export function decideAbsorb(command: AbsorbThread, state: ThreadState): readonly ThreadEvent[] {
  const { from, absorbedRevision, claims, exclusiveSets, reason } = command;
  if (state.absorbed.has(from)) return [];
  return [
    {
      type: 'ThreadMerged',
      data: {
        role: 'survivor',
        otherThreadId: from,
        absorbedRevision: absorbedRevision.toString(),
        claims,
        exclusiveSets,
        reason,
      },
    },
  ];
}

/** Gives back what came from the other thread as it stands now, with the attributions recorded since. */
export function decideRelease({ from, reason }: ReleaseThread, state: ThreadState): readonly ThreadEvent[] {
  if (!state.absorbed.has(from)) {
    throw new Refusal('thread_not_merged', `Thread ${from} is not merged into ${state.threadId}.`);
  }
  const claims = carriedClaims(state, (claim) => claim.carriedFrom === from);
  const given = new Set(claims.map((claim) => claim.claimId));
  const exclusiveSets = state.exclusiveSets.filter((set) => set.claimIds.every((claimId) => given.has(claimId)));
  return [{ type: 'ThreadUnmerged', data: { role: 'survivor', otherThreadId: from, claims, exclusiveSets, reason } }];
}

export function decideUnmerge(command: UnmergeThread, state: ThreadState): readonly ThreadEvent[] {
  const { claims, exclusiveSets, reason } = command;
  if (state.mergedInto === null) {
    throw new Refusal('thread_not_merged', `Thread ${state.threadId} is not merged into another.`);
  }
  return [
    {
      type: 'ThreadUnmerged',
      data: { role: 'absorbed', otherThreadId: state.mergedInto, claims, exclusiveSets, reason },
    },
  ];
}
