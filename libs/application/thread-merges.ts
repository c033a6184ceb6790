import { carriedClaims, Refusal, type ThreadId, type ThreadState, type ThreadUnmerged } from '#domain';
import type { CommandContext } from './command-context.js';
import type { Committed } from './stream-writer.js';
import { streamOf, type ThreadWriter } from './thread-stream.js';

/*
 * A merge writes to two streams, one after the other, for an event store need not append to two at once. The thread
 * that goes is frozen first, so that nothing can be recorded on it that the other does not take over. Repeating the
 * command completes a merge that was cut off in between.
 */

interface Merge<View> {
  readonly from: ThreadId;
  readonly into: ThreadId;
  readonly reason: string;
  readonly context: CommandContext;
  readonly view: (state: ThreadState) => View;
}

export async function mergeThreads<View>(writer: ThreadWriter, merge: Merge<View>): Promise<Committed<View>> {
  const { from, into, reason, context, view } = merge;
  await refuseUnlessItCanAbsorb(writer, into, from);
  const frozen = await writer.execute(streamOf(from), { type: 'MergeThread', into, reason }, context, view);
  // Carried attributions keep the times that the store gave them.
  const { state } = await writer.readFresh(streamOf(from));
  const absorbed = await writer.execute(
    streamOf(into),
    {
      type: 'AbsorbThread',
      from,
      absorbedRevision: frozen.revision,
      claims: carriedClaims(state),
      exclusiveSets: state.exclusiveSets,
      reason,
    },
    survivorContext(context),
    () => null,
  );
  return { ...frozen, position: absorbed.position ?? frozen.position, changed: frozen.changed || absorbed.changed };
}

export async function unmergeThread<View>(
  writer: ThreadWriter,
  unmerge: Omit<Merge<View>, 'into'>,
): Promise<Committed<View>> {
  const { from, reason, context, view } = unmerge;
  const { state } = await writer.readFresh(streamOf(from));
  const into = state.mergedInto;
  if (into === null) {
    throw new Refusal('thread_not_merged', `Thread ${from} is not merged into another, so there is nothing to undo.`);
  }
  const released = await releaseFrom(writer, into, unmerge);
  return writer.execute(
    streamOf(from),
    { type: 'UnmergeThread', claims: released.claims, exclusiveSets: released.exclusiveSets, reason },
    context,
    view,
  );
}

/** What the survivor gave back, now or in an earlier try that was cut off. */
async function releaseFrom<View>(
  writer: ThreadWriter,
  into: ThreadId,
  { from, reason, context }: Omit<Merge<View>, 'into'>,
): Promise<ThreadUnmerged['data']> {
  const { state } = await writer.read(streamOf(into));
  if (state.absorbed.has(from)) {
    await writer.execute(streamOf(into), { type: 'ReleaseThread', from, reason }, survivorContext(context), () => null);
  }
  for await (const { event } of writer.events(streamOf(into), 'backward')) {
    if (event.type === 'ThreadUnmerged' && event.data.role === 'survivor' && event.data.otherThreadId === from) {
      return event.data;
    }
  }
  throw new Refusal(
    'thread_not_merged',
    `Thread ${into} has not taken over ${from} yet. Repeat the merge to complete it, then undo it.`,
  );
}

async function refuseUnlessItCanAbsorb(writer: ThreadWriter, into: ThreadId, from: ThreadId): Promise<void> {
  const { state } = await writer.read(streamOf(into));
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
  if (state.lifecycle === 'closed' && !state.absorbed.has(from)) {
    throw new Refusal('thread_closed', `Thread ${into} is closed. Reopen it before merging another into it.`, '/into');
  }
}

/** If-Match speaks of the thread in the address; the other one is wherever it is, and its event ids are its own. */
function survivorContext(context: CommandContext): CommandContext {
  const { expectedRevision: _, ...rest } = context;
  return { ...rest, eventLabel: 'survivor' };
}
