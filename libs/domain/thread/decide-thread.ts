import { Refusal } from '../refusal.js';
import { nameOfPolicy } from '../status/policy.js';
import { attributionEvent } from './decide-attribution.js';
import { isOpened } from './decide-claim.js';
import type { ChangeThreadPolicy, CloseThread, OpenThread, ReopenThread, ReviseThread } from './thread.commands.js';
import type { ThreadDetails, ThreadEvent } from './thread.events.js';
import { evolveThread, initialThreadState } from './thread.evolve.js';
import type { ThreadState } from './thread.state.js';

export function decideOpen(command: OpenThread, state: ThreadState): readonly ThreadEvent[] {
  const { threadId, details, policy } = command;
  if (state.threadId !== null) {
    if (isSameThread(command, state)) return [];
    throw new Refusal(
      'thread_exists',
      `Thread ${state.threadId} has the slug "${details.slug}" already. Add to that thread, or choose another slug.`,
      '/slug',
    );
  }
  const events: ThreadEvent[] = [];
  const scratch = initialThreadState();
  const emit = (event: ThreadEvent) => {
    events.push(event);
    evolveThread(scratch, { event, revision: BigInt(events.length - 1), recordedAt: '' });
  };
  emit({ type: 'ThreadOpened', data: { threadId, ...details, policy } });
  command.claims.forEach((claim, index) => {
    if (!isOpened(claim, scratch, `/claims/${index}`)) emit({ type: 'ClaimOpened', data: claim });
  });
  command.attributions.forEach((attribution, index) => {
    const event = attributionEvent(attribution, scratch, `/attributions/${index}`);
    if (event !== null) emit(event);
  });
  return events;
}

/** All that the command would have opened is there: by id in a retry, else by key. Nothing new may be lost. */
function isSameThread(command: OpenThread, state: ThreadState): boolean {
  if (state.threadId !== command.threadId || state.details === null) return false;
  const hasAll =
    command.claims.every(({ claimId, key }) => state.claims.has(claimId) || state.claimIdByKey.has(key ?? '')) &&
    command.attributions.every(
      ({ attributionId, key }) => state.attributions.has(attributionId) || state.attributionIdByKey.has(key ?? ''),
    );
  return hasAll && sameDetails(state.details, command.details);
}

export function decideRevise({ changes }: ReviseThread, state: ThreadState): readonly ThreadEvent[] {
  if (state.details === null) return [];
  const details = { ...state.details, ...changes };
  return sameDetails(state.details, details) ? [] : [{ type: 'ThreadRevised', data: details }];
}

/** Also of a closed thread: how it is judged can still be put right. */
export function decidePolicy({ policy, reason }: ChangeThreadPolicy, state: ThreadState): readonly ThreadEvent[] {
  return nameOfPolicy(state.policy) === policy ? [] : [{ type: 'ThreadPolicyChanged', data: { policy, reason } }];
}

export function decideClose({ reason }: CloseThread, state: ThreadState): readonly ThreadEvent[] {
  return state.lifecycle === 'closed' ? [] : [{ type: 'ThreadClosed', data: { reason } }];
}

export function decideReopen({ reason }: ReopenThread, state: ThreadState): readonly ThreadEvent[] {
  if (state.lifecycle === 'closed') return [{ type: 'ThreadReopened', data: { reason } }];
  throw new Refusal('thread_not_closed', `Thread ${state.threadId} is not closed, so there is nothing to reopen.`);
}

function sameDetails(a: ThreadDetails, b: ThreadDetails): boolean {
  return (
    a.slug === b.slug &&
    a.headline === b.headline &&
    a.desk === b.desk &&
    a.language === b.language &&
    a.topics.join('\n') === b.topics.join('\n')
  );
}
