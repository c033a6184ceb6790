import { assessThread, type ClaimId, reassess, type ThreadAssessment, type ThreadState, threadDecider } from '#domain';
import type { EventStore, StoredEvent } from '#event-store';
import { addSubjects, isThreadEvent, type ThreadEnd, type ThreadStoredEvent } from './thread-folds.js';

/** Events of threads that are kept at first, and at most: some 2 KB of memory each. */
const FIRST_KEPT = 2_500;
const MOST_KEPT = 40_000;

/**
 * Threads folded for who reads only how they stand at the end: no step is told, no origin noted, and a thread is assessed
 * when it is taken. They run ahead of the database: what was taken and is not committed is not to be folded on.
 *
 * What is kept longer than the garbage collector takes for young costs it as much as all the folding; to read a thread
 * again costs more. So few are kept, until one that was let go of gets another event.
 */
export class ThreadEnds {
  /** Those with events since the last `take`, which therefore never give way to others. */
  private fresh = new Map<string, Folding>();
  private freshEvents = 0;
  /** Taken before, those that got no event for longest first. */
  private readonly kept = new Map<string, Folding>();
  private keptEvents = 0;
  private mayKeep = FIRST_KEPT;

  constructor(private readonly store: EventStore) {}

  /** Events of the threads that wait to be taken, those before included: what they are in memory goes by it. */
  get weight(): number {
    return this.freshEvents;
  }

  async fold(events: readonly StoredEvent[]): Promise<void> {
    for (const stored of events) {
      if (!isThreadEvent(stored)) continue;
      // Not awaited where there is nothing to wait for, which is nearly always.
      const folding = this.freshUpTo(stored) ?? (await this.readUpTo(stored));
      folding.fold(stored);
      this.freshEvents += 1;
    }
  }

  /** By stream, how those stand that have got events since they were last taken. Good until the next event is folded. */
  take(): ReadonlyMap<string, ThreadEnd> {
    const taken = this.fresh;
    this.fresh = new Map();
    this.freshEvents = 0;
    for (const [stream, folding] of taken) {
      folding.assess();
      this.kept.set(stream, folding);
      this.keptEvents += folding.events;
    }
    for (const stream of this.kept.keys()) {
      if (this.keptEvents <= this.mayKeep) break;
      this.unkeep(stream);
    }
    return taken;
  }

  /** The thread just before the event. */
  private freshUpTo({ stream, revision }: ThreadStoredEvent): Folding | null {
    const known = this.fresh.get(stream);
    if (known !== undefined) return known.state.revision === revision - 1n ? known : null;
    const kept = this.unkeep(stream);
    const folding = revision === 0n ? new Folding() : kept?.state.revision === revision - 1n ? kept : null;
    if (folding !== null) this.add(stream, folding);
    return folding;
  }

  private async readUpTo({ stream, revision }: ThreadStoredEvent): Promise<Folding> {
    const folding = new Folding();
    for await (const stored of this.store.readStream(stream, { limit: Number(revision) })) {
      if (isThreadEvent(stored)) folding.fold(stored);
    }
    this.mayKeep = Math.min(MOST_KEPT, 2 * this.mayKeep);
    this.add(stream, folding);
    return folding;
  }

  private unkeep(stream: string): Folding | undefined {
    const folding = this.kept.get(stream);
    if (folding === undefined) return undefined;
    this.kept.delete(stream);
    this.keptEvents -= folding.events;
    return folding;
  }

  private add(stream: string, folding: Folding): void {
    this.fresh.set(stream, folding);
    this.freshEvents += folding.events;
  }
}

class Folding implements ThreadEnd {
  state: ThreadState = threadDecider.initialState();
  opened: ThreadStoredEvent | null = null;
  last: ThreadStoredEvent | null = null;
  private assessed: ThreadAssessment | null = null;
  /** Since it was last assessed. */
  private readonly touched = new Set<ClaimId>();

  /** At least 1. */
  get events(): number {
    return Number(this.state.revision) + 2;
  }

  get assessment(): ThreadAssessment {
    return this.assessed ?? this.assess();
  }

  fold(stored: ThreadStoredEvent): void {
    if (this.assessed !== null) addSubjects(this.touched, this.state, stored.event);
    this.state = threadDecider.evolve(this.state, stored);
    if (stored.event.type === 'ThreadOpened') this.opened = stored;
    this.last = stored;
  }

  assess(): ThreadAssessment {
    const { assessed, state, touched } = this;
    const assessment = assessed === null ? assessThread(state) : reassess(assessed, state, touched);
    touched.clear();
    this.assessed = assessment;
    return assessment;
  }
}
