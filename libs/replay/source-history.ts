import { type Instant, Refusal, type SourceDetails, type SourceEvent, type SourceId, sourceDecider } from '#domain';
import type { Actor, EventStore, Position, Revision, StoredEvent } from '#event-store';

const SOURCE_STREAM_PREFIX = 'source-';

/** One change of what is registered of a source. */
export interface SourceStep {
  readonly revision: Revision;
  readonly position: Position;
  readonly eventId: string;
  readonly type: SourceEvent['type'];
  readonly recordedAt: Instant;
  readonly actor: Actor;
  /** What was done, in plain words. */
  readonly sentence: string;
  readonly reason: string | null;
}

/**
 * What became of a source, straight from the log. Of a sealed one no name is told that it had before: from the sealing
 * on only its label may be shown.
 * @throws Refusal source_not_found
 */
export async function sourceHistory(store: EventStore, sourceId: SourceId): Promise<readonly SourceStep[]> {
  const recorded: StoredEvent[] = [];
  for await (const stored of store.readStream(`${SOURCE_STREAM_PREFIX}${sourceId}`)) recorded.push(stored);
  if (recorded.length === 0) throw new Refusal('source_not_found', `There is no source ${sourceId}.`);
  const sealedAt = recorded.find(({ event }) => event.type === 'SourceSealed')?.revision ?? -1n;
  let state = sourceDecider.initialState();
  return recorded.map(({ revision, position, id, recordedAt, context: { actor }, event: stored }) => {
    // What stands in the stream of a source is an event of a source.
    const event = stored as SourceEvent;
    const sentence = sentenceOf(event, state.details, revision >= sealedAt);
    state = sourceDecider.evolve(state, { event, revision, recordedAt });
    const reason = 'reason' in event.data ? event.data.reason : null;
    return { revision, position, eventId: id, type: event.type, recordedAt, actor, sentence, reason };
  });
}

function sentenceOf(event: SourceEvent, before: SourceDetails | null, mayName: boolean): string {
  switch (event.type) {
    case 'SourceRegistered': {
      const { name, kind, group, trustedConduit } = event.data;
      const conduit = trustedConduit ? ', a trusted conduit' : '';
      return `Registered as ${nameIn(name, mayName)}: ${kind}, of the group ${group}${conduit}`;
    }
    case 'SourceRevised':
      return `Revised: ${changesOf(before, event.data, mayName).join(', ')}`;
    case 'SourceRated':
      return `Rated ${event.data.rating}`;
    case 'SourceSealed':
      return `Sealed: shown as "${event.data.label}" from here on`;
    case 'SourceIdentityErased':
      return 'Its identity was erased';
  }
}

function changesOf(before: SourceDetails | null, after: SourceDetails, mayName: boolean): string[] {
  const changes: string[] = [];
  if (before?.name !== after.name) changes.push(`the name to ${nameIn(after.name, mayName)}`);
  if (before?.kind !== after.kind) changes.push(`the kind to ${after.kind}`);
  if (before?.group !== after.group) changes.push(`the group to ${after.group}`);
  if (before?.trustedConduit !== after.trustedConduit) {
    changes.push(after.trustedConduit ? 'it is a trusted conduit' : 'it is no trusted conduit any more');
  }
  return changes;
}

function nameIn(name: string, mayName: boolean): string {
  return mayName ? `"${name}"` : 'a name that is sealed';
}
