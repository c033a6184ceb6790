import {
  carriedClaims,
  Refusal,
  type ThreadCommand,
  type ThreadId,
  type ThreadState,
  type ThreadUnmerged,
} from '#domain';
import type { CommandContext } from './command-context.js';
import type { Committed } from './stream-writer.js';
import { streamOf, type ThreadWriter } from './thread-stream.js';

/*
 * A merge writes to two streams, one after the other, for an event store need not append to two at once. The thread
 * that goes is frozen first, so that nothing can be recorded on it that the other does not take over. Repeating the
 * command completes a merge that was cut off in between; one that cannot be completed any more can be undone.
 */

interface Merge<View> {
  readonly from: ThreadId;
  readonly into: ThreadId;
  readonly reason: string;
  readonly context: CommandContext;
  readonly view: (state: ThreadState) => View;
}
type Unmerge<View> = Omit<Merge<View>, 'into'>;
type Carried = Pick<ThreadUnmerged['data'], 'claims' | 'exclusiveSets'>;

export async function mergeThreads<View>(writer: ThreadWriter, merge: Merge<View>): Promise<Committed<View>> {
  const { from, into, reason, context, view } = merge;
  await refuseUnlessItCanAbsorb(writer, into, from);
  const frozen = await writer.execute(streamOf(from), { type: 'MergeThread', into, reason }, context, view);
  // Carried attributions keep the times that the store gave them.
  const { state } = await writer.readFresh(streamOf(from));
  // A retry of what has been undone since.
  if (state.mergedInto !== into) return frozen;
  try {
    const absorbed = await writer.execute(
      streamOf(into),
      { type: 'AbsorbThread', from, absorbedRevision: state.revision, ...all(state), reason },
      otherContext(context, 'survivor'),
      () => null,
    );
    return { ...frozen, position: absorbed.position ?? frozen.position, changed: frozen.changed || absorbed.changed };
  } catch (error) {
    // The other was closed, or went away itself, at the same moment. Should this fail too, an unmerge can still do it.
    if (error instanceof Refusal) {
      await takeBack(writer, state, all(state), { from, reason, context: otherContext(context, 'freed'), view }).catch(
        () => undefined,
      );
    }
    throw error;
  }
}

export async function unmergeThread<View>(writer: ThreadWriter, unmerge: Unmerge<View>): Promise<Committed<View>> {
  const { state } = await writer.readFresh(streamOf(unmerge.from));
  const released = state.mergedInto === null ? null : await releaseFrom(writer, state.mergedInto, state, unmerge);
  return takeBack(writer, state, released, unmerge);
}

/** Ends the merge that `frozen` stands in, and no other. Nothing is released: there is none, unless in a retry. */
function takeBack<View>(
  writer: ThreadWriter,
  frozen: ThreadState,
  released: Carried | null,
  { from, reason, context, view }: Unmerge<View>,
): Promise<Committed<View>> {
  const command = ({ revision }: ThreadState): ThreadCommand => {
    if (released !== null && revision === frozen.revision) return { type: 'UnmergeThread', ...released, reason };
    throw new Refusal('thread_not_merged', `Thread ${from} is not merged into another, so there is nothing to undo.`);
  };
  return writer.execute(streamOf(from), command, context, view);
}

function all(state: ThreadState): Carried {
  return { claims: carriedClaims(state), exclusiveSets: state.exclusiveSets };
}

/** What the survivor gave back, now or in an earlier try that was cut off. */
async function releaseFrom<View>(
  writer: ThreadWriter,
  into: ThreadId,
  frozen: ThreadState,
  { from, reason, context }: Unmerge<View>,
): Promise<Carried> {
  const { state } = await writer.read(streamOf(into));
  const { lifecycle } = state;
  if (state.absorbed.has(from)) {
    const command = { type: 'ReleaseThread', from, reason } as const;
    await writer.execute(streamOf(into), command, otherContext(context, 'survivor'), () => null);
  }
  const released = await releasedSince(writer, into, from, frozen);
  if (released !== null) return released;
  // Closed, or merged itself: it can take nothing over, so all there is is here.
  if (lifecycle !== 'active') return all(frozen);
  throw new Refusal(
    'thread_not_merged',
    `Thread ${into} has not taken over ${from} yet. Repeat the merge to complete it, then undo it.`,
  );
}

/** Of an earlier merge of the same two threads nothing is taken: the thread has gone on since. */
async function releasedSince(
  writer: ThreadWriter,
  into: ThreadId,
  from: ThreadId,
  frozen: ThreadState,
): Promise<Carried | null> {
  let released: Carried | null = null;
  for await (const { event } of writer.events(streamOf(into), 'backward')) {
    if (event.type !== 'ThreadMerged' && event.type !== 'ThreadUnmerged') continue;
    if (event.data.role !== 'survivor' || event.data.otherThreadId !== from) continue;
    if (event.type === 'ThreadMerged') return event.data.absorbedRevision === `${frozen.revision}` ? released : null;
    const { claims, exclusiveSets } = event.data;
    released ??= { claims, exclusiveSets };
  }
  return null;
}

async function refuseUnlessItCanAbsorb(writer: ThreadWriter, into: ThreadId, from: ThreadId): Promise<void> {
  const { state } = await writer.read(streamOf(into));
  if (state.absorbed.has(from)) return;
  if (state.threadId === null) {
    throw new Refusal('thread_not_found', `There is no thread ${into} to merge into.`, '/into');
  }
  if (state.lifecycle === 'merged') {
    throw new Refusal(
      'thread_merged',
      `Thread ${into} is itself merged into ${state.mergedInto}. Merge into that one.`,
      '/into',
    );
  }
  if (state.lifecycle === 'closed') {
    throw new Refusal('thread_closed', `Thread ${into} is closed. Reopen it before merging another into it.`, '/into');
  }
}

/** If-Match speaks of the thread in the address; the other one is wherever it is, and its event ids are its own. */
function otherContext(context: CommandContext, eventLabel: string): CommandContext {
  const { expectedRevision: _, ...rest } = context;
  return { ...rest, eventLabel };
}
