import type { Decider } from '../decider.js';
import { Refusal } from '../refusal.js';
import { decideCorrect, decideRecord, decideRetract, decideVoid } from './decide-attribution.js';
import {
  decideExclusive,
  decideLapse,
  decideLift,
  decideMoot,
  decideOpenClaim,
  decideReword,
  decideRule,
} from './decide-claim.js';
import { decideAbsorb, decideMerge, decideRelease, decideUnmerge } from './decide-merge.js';
import { decidePublish, decideWithdraw } from './decide-publication.js';
import { decideClose, decideOpen, decidePolicy, decideReopen, decideRevise } from './decide-thread.js';
import type { ThreadCommand } from './thread.commands.js';
import type { ThreadEvent } from './thread.events.js';
import { evolveThread, initialThreadState } from './thread.evolve.js';
import type { ThreadState } from './thread.state.js';

export const threadDecider: Decider<ThreadState, ThreadCommand, ThreadEvent> = {
  initialState: initialThreadState,
  decide: decideThread,
  evolve: evolveThread,
};

function decideThread(command: ThreadCommand, state: ThreadState): readonly ThreadEvent[] {
  const refusal = refusalByLifecycle(command, state);
  if (refusal === null) return carryOut(command, state);
  // A retry adds nothing, so it is none too many for a thread that has been closed or merged since.
  if (state.threadId !== null && wasCarriedOut(command, state)) return [];
  throw refusal;
}

function wasCarriedOut(command: ThreadCommand, state: ThreadState): boolean {
  try {
    return carryOut(command, state).length === 0;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function carryOut(command: ThreadCommand, state: ThreadState): readonly ThreadEvent[] {
  switch (command.type) {
    case 'OpenThread':
      return decideOpen(command, state);
    case 'ReviseThread':
      return decideRevise(command, state);
    case 'OpenClaim':
      return decideOpenClaim(command, state);
    case 'RewordClaim':
      return decideReword(command, state);
    case 'RecordAttribution':
      return decideRecord(command, state);
    case 'CorrectAttribution':
      return decideCorrect(command, state);
    case 'RetractAttribution':
      return decideRetract(command, state);
    case 'VoidAttribution':
      return decideVoid(command, state);
    case 'MakeClaimsExclusive':
      return decideExclusive(command, state);
    case 'MootClaim':
      return decideMoot(command, state);
    case 'LapseClaim':
      return decideLapse(command, state);
    case 'RuleClaim':
      return decideRule(command, state);
    case 'LiftRuling':
      return decideLift(command, state);
    case 'ChangeThreadPolicy':
      return decidePolicy(command, state);
    case 'CloseThread':
      return decideClose(command, state);
    case 'ReopenThread':
      return decideReopen(command, state);
    case 'MergeThread':
      return decideMerge(command, state);
    case 'AbsorbThread':
      return decideAbsorb(command, state);
    case 'ReleaseThread':
      return decideRelease(command, state);
    case 'UnmergeThread':
      return decideUnmerge(command, state);
    case 'PublishPiece':
      return decidePublish(command, state);
    case 'WithdrawPiece':
      return decideWithdraw(command, state);
  }
}

/** A closed story can still be put right, but takes in nothing new; of a merged one the survivor speaks. */
const REFUSED_WHEN_CLOSED: ReadonlySet<ThreadCommand['type']> = new Set([
  'ReviseThread',
  'OpenClaim',
  'RewordClaim',
  'RecordAttribution',
  'MakeClaimsExclusive',
  'AbsorbThread',
] satisfies ThreadCommand['type'][]);
const ALLOWED_WHEN_MERGED: ReadonlySet<ThreadCommand['type']> = new Set([
  'OpenThread',
  'UnmergeThread',
  'WithdrawPiece',
] satisfies ThreadCommand['type'][]);

function refusalByLifecycle(command: ThreadCommand, state: ThreadState): Refusal | null {
  if (state.threadId === null) {
    if (command.type === 'OpenThread') return null;
    return new Refusal('thread_not_found', 'There is no such thread. Open it with POST /v1/threads.');
  }
  if (state.lifecycle === 'closed' && REFUSED_WHEN_CLOSED.has(command.type)) {
    return new Refusal('thread_closed', `Thread ${state.threadId} is closed. Reopen it before adding to it.`);
  }
  if (state.lifecycle === 'merged' && !ALLOWED_WHEN_MERGED.has(command.type)) {
    return new Refusal(
      'thread_merged',
      `Thread ${state.threadId} is merged into ${state.mergedInto}. Send the command to that thread.`,
    );
  }
  return null;
}
