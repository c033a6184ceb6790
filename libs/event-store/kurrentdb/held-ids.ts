import { LRUCache } from 'lru-cache';
import type { Revision, StoredEvent } from '../event-store.js';

/** Ids kept in memory, of all streams together: some 100 bytes each. */
const IDS_KEPT = 500_000;

/** The ids that a stream holds, from its first event up to a revision. */
export class HeldIds {
  private readonly revisions = new Map<string, Revision>();
  /** -1n: none is known. */
  revision: Revision = -1n;

  get size(): number {
    return this.revisions.size;
  }

  /** Events must come without a gap; one that is known is passed over. */
  add(id: string, revision: Revision): void {
    if (revision !== this.revision + 1n) return;
    this.revisions.set(id, revision);
    this.revision = revision;
  }

  /** The revisions of those ids that the stream is known to hold. */
  among(ids: readonly string[]): readonly Revision[] {
    return ids.flatMap((id) => this.revisions.get(id) ?? []);
  }
}

/**
 * What the streams in use hold. KurrentDB itself looks for an id only where the append expects it: an old event sent
 * again at the end of its stream would be stored twice. Streams only grow, so what is known stays true.
 */
export class HeldIdsOfStreams {
  private readonly streams = new LRUCache<string, HeldIds>({
    maxSize: IDS_KEPT,
    // A stream longer than the whole cache takes all of it: to leave it out would be to read it for each append.
    sizeCalculation: ({ size }) => Math.min(size + 1, IDS_KEPT),
  });

  get(stream: string): HeldIds {
    return this.streams.get(stream) ?? new HeldIds();
  }

  /** Weighs it anew; to set what is there already would leave it at the weight of its first time. */
  keep(stream: string, held: HeldIds): void {
    this.streams.delete(stream);
    this.streams.set(stream, held);
  }

  /** The server has less than was known: it was restored from a backup. */
  forget(stream: string): void {
    this.streams.delete(stream);
  }

  /** Of a stream that is read from its beginning, as it is before its first command: saves reading it again. */
  watch(stream: string): { saw(event: StoredEvent): void; end(): void } {
    const held = this.get(stream);
    return {
      saw: ({ id, revision }) => held.add(id, revision),
      end: () => {
        const known = this.streams.peek(stream);
        if (held.size > 0 && (known === undefined || known.revision <= held.revision)) this.keep(stream, held);
      },
    };
  }
}
