import {
  type AdmiraltyRating,
  Refusal,
  type SourceCommand,
  type SourceDetails,
  type SourceEvent,
  type SourceId,
  type SourceSnapshot,
  type SourceState,
  sourceDecider,
} from '#domain';
import type { EventStore } from '#event-store';
import { type CommandContext, derivedId } from './command-context.js';
import type { NameRegistry } from './name-registry.js';
import { type Committed, StreamWriter } from './stream-writer.js';
import { isId } from './uuid.js';

export const SOURCE_STREAM_PREFIX = 'source-';

export interface RegisterSourceInput extends SourceDetails {
  readonly key: string | null;
}

export interface SourceReceipt extends Committed<null> {
  readonly sourceId: SourceId;
}

export interface SealSourceInput {
  readonly label: string;
  /** Of the identity, which is kept elsewhere. */
  readonly commitment: string;
  readonly reason: string;
}

/** How far a source is sealed. */
export interface Sealing {
  readonly sourceId: SourceId;
  /** Null: it is not sealed, or no identity was sealed with it. */
  readonly commitment: string | null;
  readonly identityErased: boolean;
}

/** A source takes a kilobyte, and counts for its events and one more. */
const CACHED_EVENTS = 40_000;
/** A source may have changed in another process this long ago without an attribution recorded here showing it. */
const SNAPSHOT_MAX_AGE_MS = 5_000;

/** Commands on sources. A source is addressed by its id or by the tool's own key. */
export class Sources {
  private readonly writer: StreamWriter<SourceState, SourceCommand, SourceEvent>;

  constructor(
    store: EventStore,
    private readonly names: NameRegistry,
  ) {
    this.writer = new StreamWriter(store, sourceDecider, { cachedEvents: CACHED_EVENTS });
  }

  /** With a key that is registered with the same details: answers the source that is there, and adds none. */
  async register(input: RegisterSourceInput, context: CommandContext): Promise<SourceReceipt> {
    const { key, ...details } = input;
    const ownId = derivedId(context.commandId, 'source');
    const sourceId = key === null ? ownId : await this.names.reserve('source-key', key, ownId);
    return this.execute(sourceId, { type: 'RegisterSource', sourceId, key, details }, context);
  }

  async revise(
    ref: string,
    changes: Partial<SourceDetails>,
    reason: string | null,
    context: CommandContext,
  ): Promise<SourceReceipt> {
    return this.execute(await this.idOf(ref), { type: 'ReviseSource', changes, reason }, context);
  }

  async rate(ref: string, rating: AdmiraltyRating, reason: string, context: CommandContext): Promise<SourceReceipt> {
    return this.execute(await this.idOf(ref), { type: 'RateSource', rating, reason }, context);
  }

  /** From now on only `label` is shown of it. */
  async seal(ref: string, input: SealSourceInput, context: CommandContext): Promise<SourceReceipt> {
    return this.execute(await this.idOf(ref), { type: 'SealSource', ...input }, context);
  }

  async eraseIdentity(ref: string, reason: string, context: CommandContext): Promise<SourceReceipt> {
    return this.execute(await this.idOf(ref), { type: 'EraseSourceIdentity', reason }, context);
  }

  /**
   * As the log has it now.
   * @throws Refusal source_not_found
   */
  async sealing(ref: string): Promise<Sealing> {
    const sourceId = await this.idOf(ref);
    const { state } = await this.writer.read(streamOf(sourceId));
    const { details, commitment, identityErased } = state;
    if (details === null) throw unknownSource(ref);
    return { sourceId, commitment, identityErased };
  }

  /**
   * The id that `ref` names: an id is taken as it is, a key is looked up.
   * @throws Refusal source_not_found
   */
  async idOf(ref: string, field?: string): Promise<SourceId> {
    if (isId(ref)) return ref;
    const id = await this.names.lookup('source-key', ref);
    if (id === null) throw unknownSource(ref, field);
    return id;
  }

  /**
   * What the registry says of a source now, to be copied into an event: at once if it is known here.
   * @throws Refusal source_not_found
   */
  snapshot(ref: string, field?: string): SourceSnapshot | Promise<SourceSnapshot> {
    const sourceId = isId(ref) ? ref : this.names.recall('source-key', ref);
    const details = sourceId && this.writer.known(streamOf(sourceId), SNAPSHOT_MAX_AGE_MS)?.state.details;
    return sourceId && details ? snapshotOf(sourceId, details) : this.look(ref, field);
  }

  private async look(ref: string, field?: string): Promise<SourceSnapshot> {
    const sourceId = await this.idOf(ref, field);
    const { state } = await this.writer.read(streamOf(sourceId), SNAPSHOT_MAX_AGE_MS);
    if (state.details === null) throw unknownSource(ref, field);
    return snapshotOf(sourceId, state.details);
  }

  private async execute(sourceId: SourceId, command: SourceCommand, context: CommandContext): Promise<SourceReceipt> {
    const committed = await this.writer.execute(streamOf(sourceId), command, context, () => null);
    return { ...committed, sourceId };
  }
}

const snapshots = new WeakMap<SourceDetails, SourceSnapshot>();

/** One object for all attributions that quote the source as it is now: a thread in memory keeps them all. */
function snapshotOf(sourceId: SourceId, details: SourceDetails): SourceSnapshot {
  const known = snapshots.get(details);
  if (known !== undefined) return known;
  const { kind, group, trustedConduit } = details;
  const snapshot = { sourceId, kind, group, trustedConduit };
  snapshots.set(details, snapshot);
  return snapshot;
}

function streamOf(sourceId: SourceId): string {
  return `${SOURCE_STREAM_PREFIX}${sourceId}`;
}

function unknownSource(ref: string, field?: string): Refusal {
  return new Refusal(
    'source_not_found',
    `No source has the id or key "${ref}". Register it with POST /v1/sources first, or correct the reference.`,
    field,
  );
}
