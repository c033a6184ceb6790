import { setTimeout as delay } from 'node:timers/promises';
import { BEFORE_FIRST, type EventStore, type Position, type RawEvent } from '#event-store';
import { canonicalEvent } from '../canonical-event.js';
import { eventHash } from '../event-hash.js';
import { Frontier, type NewNode } from './frontier.js';
import { placeOfLeaf } from './place-of-leaf.js';
import { type LastLeaf, type StoredTree, TreeHasGrown } from './stored-tree.js';

export interface MerkleProjectorOptions {
  readonly store: EventStore;
  readonly tree: StoredTree;
  /** Reported, and tried again. */
  readonly onError?: (error: unknown, position: Position) => void;
  /** The most events in one append; 1,000 when left out. */
  readonly batchSize?: number;
}

const BATCH_SIZE = 1_000;
const POLL_FASTEST_MS = 5;
const POLL_SLOWEST_MS = 100;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
/** Whoever is overtaken stands by, and takes over at most so long after the other has gone. */
const STANDBY_MS = 1_000;

/**
 * Appends a leaf to the tree for every event, in the order of the log. Any number may run: one wins each append, the
 * others stand by, and none ever makes a second history, since the leaves of one are the keys of the other.
 */
export class MerkleProjector {
  private frontier = new Frontier();
  private position: Position = BEFORE_FIRST;

  constructor(private readonly options: MerkleProjectorOptions) {}

  /** Runs until `signal`, and ends once the append under way is done. */
  async run(signal: AbortSignal): Promise<void> {
    for (let setbacks = 0; !signal.aborted; ) {
      try {
        await this.load();
        await this.follow(signal, () => {
          setbacks = 0;
        });
      } catch (error) {
        if (signal.aborted) return;
        const isOvertaken = error instanceof TreeHasGrown;
        if (!isOvertaken) this.options.onError?.(error, this.position);
        const waitMs = Math.min(
          isOvertaken ? STANDBY_MS : LAST_RETRY_MS,
          FIRST_RETRY_MS * 2 ** Math.min(setbacks++, 10),
        );
        await pause(waitMs, signal);
      }
    }
  }

  /** Appends what is in the log now. Answers how many events that were. */
  async catchUp(): Promise<number> {
    await this.load();
    return this.readOn();
  }

  private async load(): Promise<void> {
    const { size, last } = await this.options.tree.tip();
    this.frontier = await this.options.tree.frontier(size);
    this.position = last === null ? BEFORE_FIRST : await this.placeOf(last);
  }

  private async placeOf(last: LastLeaf): Promise<Position> {
    const place = await placeOfLeaf(this.options.store, last);
    if (place !== null) return place;
    throw new Error(
      `The log does not hold event ${last.eventId}, which the last leaf of the Merkle tree is of: it is another log, or was restored to an earlier time.`,
    );
  }

  private async follow(signal: AbortSignal, onProgress: () => void): Promise<void> {
    for (let idle = 0; !signal.aborted; ) {
      const appended = await this.readOn(signal);
      if (appended > 0) onProgress();
      idle = appended > 0 ? 0 : idle + 1;
      await pause(Math.min(POLL_SLOWEST_MS, POLL_FASTEST_MS * 2 ** Math.min(idle, 8)), signal);
    }
  }

  private async readOn(signal?: AbortSignal): Promise<number> {
    const { store, batchSize = BATCH_SIZE } = this.options;
    let appended = 0;
    for await (const events of store.readRaw({ after: this.position, batchSize })) {
      await this.append(events);
      appended += events.length;
      if (signal?.aborted) break;
    }
    return appended;
  }

  /** @throws TreeHasGrown; the frontier is then ahead of the tree, and to be loaded anew */
  private async append(events: readonly RawEvent[]): Promise<void> {
    const first = this.frontier.size;
    const nodes: NewNode[] = [];
    const leaves = events.map((event) => {
      const { id: eventId, stream, revision, position } = event;
      const hash = eventHash(canonicalEvent(event));
      this.frontier.append(hash, (node) => nodes.push(node));
      return { eventId, stream, revision, position, hash };
    });
    await this.options.tree.append(first, leaves, nodes);
    this.position = leaves.at(-1)?.position ?? this.position;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
