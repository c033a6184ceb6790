import { firmCoreClaims, type PublicationRecord, type ThreadId, type ThreadState, threadDecider } from '#domain';
import { type CommandContext, derivedId } from './command-context.js';
import type { Committed } from './stream-writer.js';
import { claimIdOf } from './thread-commands.js';
import type { PublicationInput } from './thread-inputs.js';
import { streamOf, type ThreadWriter } from './thread-stream.js';

interface Publishing<View> {
  readonly threadId: ThreadId;
  readonly input: PublicationInput;
  readonly context: CommandContext;
  readonly view: (state: ThreadState) => View;
}

interface Published<View> {
  readonly seen: View;
  readonly publication: PublicationRecord;
}

/** What a piece says that it rests on is looked for in the thread as it was at the revision that it was made from. */
export async function publishPiece<View>(
  writer: ThreadWriter,
  { threadId, input: { claims, revision, ...facts }, context, view }: Publishing<View>,
): Promise<Committed<Published<View>>> {
  const publicationId = derivedId(context.commandId, 'publication');
  const past = revision === null ? null : await stateAt(writer, threadId, revision);
  const reliesOn = (state: ThreadState) => {
    if (claims !== null) return claims.map((claim, index) => claimIdOf(past ?? state, claim, `/claims/${index}`));
    return past === null ? null : firmCoreClaims(past);
  };
  return writer.execute(
    streamOf(threadId),
    (state) => ({ type: 'PublishPiece', publicationId, ...facts, revision, reliesOn: reliesOn(state) }),
    context,
    (state) => ({ seen: view(state), publication: publicationIn(state, publicationId, facts.piece) }),
  );
}

/** Of a retry under another id: the one that was there. */
function publicationIn({ publications, publicationIdByPiece }: ThreadState, id: string, piece: string) {
  const publication = publications.get(id) ?? publications.get(publicationIdByPiece.get(piece) ?? '');
  if (publication === undefined) throw new Error(`Publication ${id} was decided on, and is not there.`);
  return publication;
}

/** The thread as it was after an event; as it is, when it has none such. */
async function stateAt(writer: ThreadWriter, threadId: ThreadId, revision: bigint): Promise<ThreadState> {
  let state = threadDecider.initialState();
  for await (const recorded of writer.events(streamOf(threadId), 'forward')) {
    if (recorded.revision > revision) break;
    state = threadDecider.evolve(state, recorded);
  }
  return state;
}
