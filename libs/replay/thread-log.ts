import type { Instant } from '#domain';
import type { EventStore } from '#event-store';
import { isThreadEvent, type ThreadFold, type ThreadStoredEvent } from '#read-models';
import { type ReplayStep, StepFold } from './steps.js';
import { ThreadPast } from './thread-past.js';

/** How much of a stream to look at; each bound is inclusive, and the narrower one holds. */
export interface StreamBound {
  readonly revision?: bigint | undefined;
  readonly recordedUntil?: Instant | undefined;
}

/**
 * The decoded events of one thread and the steps made of them. What is known of a stream never changes, so it is only
 * ever added to, and may be thrown away at any time.
 */
export class ThreadLog {
  private readonly known: ThreadStoredEvent[] = [];
  private readonly made: ReplayStep[] = [];
  private readonly folding = new StepFold();
  private readonly moments = new ThreadPast();
  private turn: Promise<unknown> = Promise.resolve();
  private next: Promise<void> | null = null;

  constructor(
    private readonly store: EventStore,
    private readonly stream: string,
  ) {}

  get events(): readonly ThreadStoredEvent[] {
    return this.known;
  }

  /** How many events the bound admits. The store is asked only when what is known cannot tell. */
  async count(bound: StreamBound): Promise<number> {
    if (!this.tells(bound)) await this.extend();
    const { revision, recordedUntil } = bound;
    const byRevision = revision === undefined ? this.known.length : Math.min(Number(revision) + 1, this.known.length);
    return recordedUntil === undefined ? byRevision : Math.min(byRevision, this.recordedBy(recordedUntil));
  }

  /** The thread after the first `count` events, without its assessment. Whoever asks owns it. */
  past(count: number): ThreadFold {
    return this.moments.at(this.known, count);
  }

  /** One for each of the first `count` events. */
  async steps(count: number): Promise<readonly ReplayStep[]> {
    await this.exclusively(async () => {
      for (const stored of this.known.slice(this.made.length, count)) {
        this.made.push(this.folding.step(stored));
        // A long thread is not replayed at the expense of everybody else's requests.
        if (this.made.length % STEPS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    });
    return this.made.slice(0, count);
  }

  private tells({ revision, recordedUntil }: StreamBound): boolean {
    const last = this.known.at(-1);
    if (last === undefined) return false;
    if (revision !== undefined && revision <= last.revision) return true;
    // Times never go back along a stream: what is yet to come was recorded no earlier than the last known event.
    return recordedUntil !== undefined && recordedUntil < last.recordedAt;
  }

  private recordedBy(until: Instant): number {
    let [low, high] = [0, this.known.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.known[middle]?.recordedAt ?? '') <= until) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A read that is under way may have begun before the caller's own write: whoever comes meanwhile shares the next. */
  private extend(): Promise<void> {
    this.next ??= this.exclusively(async () => {
      this.next = null;
      for await (const stored of this.store.readStream(this.stream, { from: BigInt(this.known.length) })) {
        if (isThreadEvent(stored)) this.known.push(stored);
      }
    });
    return this.next;
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

const STEPS_A_TURN = 500;
