import {
  type AttributionId,
  type AttributionRecord,
  assessThread,
  type ClaimAssessment,
  type ClaimId,
  reassess,
  type ThreadAssessment,
  type ThreadEvent,
  type ThreadState,
  threadDecider,
} from '#domain';
import type { EventContext, EventStore, LedgerEvent, StoredEvent } from '#event-store';

export const THREAD_STREAM_PREFIX = 'thread-';

export type ThreadStoredEvent = StoredEvent & { readonly event: ThreadEvent };

/** Which event brought something into the thread, and in which place of it. */
export interface Origin {
  readonly stored: ThreadStoredEvent;
  readonly index: number;
}

/** Of the event that recorded an attribution, what is not in the attribution itself: the whole of it would be as large again. */
export type AttributionOrigin = Pick<StoredEvent, 'id' | 'position'> & Pick<EventContext, 'actor' | 'batchId'>;

/** How a thread stands after its last event. */
export interface ThreadEnd {
  readonly state: ThreadState;
  readonly assessment: ThreadAssessment;
  readonly opened: ThreadStoredEvent | null;
  readonly last: ThreadStoredEvent | null;
}

/** A thread folded up to one event, with what the fold itself does not keep: which events did it. */
export class ThreadFold implements ThreadEnd {
  state: ThreadState = threadDecider.initialState();
  assessment: ThreadAssessment = assessThread(this.state);
  opened: ThreadStoredEvent | null = null;
  last: ThreadStoredEvent | null = null;
  readonly claimOpened = new Map<ClaimId, Origin>();
  /** Also of claims that have left the thread: a key never changes. */
  readonly claimKeys = new Map<ClaimId, string | null>();
  /** The last event about the claim itself, not about a rival. */
  readonly claimLast = new Map<ClaimId, ThreadStoredEvent>();
  readonly attributionOrigin = new Map<AttributionId, AttributionOrigin>();
  readonly takenBackBy = new Map<AttributionId, ThreadStoredEvent>();

  /** Returns the claims that the event is about. */
  fold(stored: ThreadStoredEvent): ReadonlySet<ClaimId> {
    const { event, revision, recordedAt } = stored;
    const before = bringsClaims(event) ? new Set(this.state.claims.keys()) : null;
    const touched = new Set<ClaimId>();
    addSubjects(touched, this.state, event);
    this.state = threadDecider.evolve(this.state, { event, revision, recordedAt });
    this.last = stored;
    if (event.type === 'ThreadOpened') this.opened = stored;
    this.noteOrigins(stored);
    if (before !== null) this.noteNewClaims(stored, before);
    for (const claimId of touched) this.claimLast.set(claimId, stored);
    return touched;
  }

  private noteNewClaims(stored: ThreadStoredEvent, before: ReadonlySet<ClaimId>): void {
    let index = 0;
    for (const [claimId, { key }] of this.state.claims) {
      if (before.has(claimId)) continue;
      this.claimOpened.set(claimId, { stored, index: index++ });
      this.claimKeys.set(claimId, key);
    }
  }

  private noteOrigins(stored: ThreadStoredEvent): void {
    const { event } = stored;
    switch (event.type) {
      case 'ClaimReported':
      case 'ClaimConfirmed':
      case 'ClaimDenied':
      case 'CommentDeclined':
        this.attributionOrigin.set(event.data.attributionId, attributionOrigin(stored));
        return;
      case 'AttributionCorrected':
      case 'AttributionRetracted':
      case 'AttributionVoided':
        this.takenBackBy.set(event.data.attributionId, stored);
        return;
      case 'ThreadMerged':
      case 'ThreadUnmerged':
        for (const { attributionId } of event.data.claims.flatMap((claim) => claim.attributions)) {
          if (this.attributionOrigin.has(attributionId)) continue;
          this.attributionOrigin.set(attributionId, attributionOrigin(stored));
        }
        return;
      case 'ThreadOpened':
      case 'ThreadRevised':
      case 'ClaimOpened':
      case 'ClaimReworded':
      case 'ClaimsMadeExclusive':
      case 'ClaimMooted':
      case 'ClaimLapsed':
      case 'ClaimRuled':
      case 'RulingLifted':
      case 'ThreadPolicyChanged':
      case 'ThreadClosed':
      case 'ThreadReopened':
      case 'PiecePublished':
      case 'PieceWithdrawn':
        return;
    }
  }
}

/** Adds the claims that an event is about, of a thread that it is still to be folded into. */
export function addSubjects(
  subjects: Set<ClaimId>,
  { claims, attributions }: ThreadState,
  { type, data }: ThreadEvent,
) {
  if (type === 'ThreadPolicyChanged') for (const claimId of claims.keys()) subjects.add(claimId);
  else if ('claims' in data) for (const { claimId } of data.claims) subjects.add(claimId);
  else if ('claimIds' in data) for (const claimId of data.claimIds) subjects.add(claimId);
  else if ('claimId' in data) subjects.add(data.claimId);
  else if ('attributionId' in data) {
    const attribution = attributions.get(data.attributionId);
    if (attribution !== undefined) subjects.add(attribution.claimId);
  }
}

/** One event with what it did to its thread. */
export interface ThreadStep {
  readonly stored: ThreadStoredEvent;
  readonly before: ThreadAssessment;
  readonly after: ThreadAssessment;
  /** The claims that the event is about. */
  readonly touched: ReadonlySet<ClaimId>;
  /** The attribution that it takes back; a later unmerge may take it out of the fold. */
  readonly takenBack: AttributionRecord | null;
  /** Every text of the thread is then to be indexed anew. */
  readonly languageChanged: boolean;
  /** Shared by later steps: as it stands after the last event of the batch. */
  readonly fold: ThreadFold;
}

export interface ChangedClaim {
  readonly claimId: ClaimId;
  /** Undefined: it was not in the thread. */
  readonly was: ClaimAssessment | undefined;
  /** Undefined: it is no longer in the thread. */
  readonly is: ClaimAssessment | undefined;
}

/** The claims that were assessed anew from one to the other. */
export function changedClaims(before: ThreadAssessment, after: ThreadAssessment): readonly ChangedClaim[] {
  const changed: ChangedClaim[] = [];
  for (const [claimId, is] of after.claims) {
    const was = before.claims.get(claimId);
    if (was !== is) changed.push({ claimId, was, is });
  }
  for (const [claimId, was] of before.claims) {
    if (!after.claims.has(claimId)) changed.push({ claimId, was, is: undefined });
  }
  return changed;
}

/** Events of threads that are kept at first, and at most: nearly 2 KB of memory each. */
const FIRST_KEPT = 5_000;
const MOST_KEPT = 100_000;
const REMEMBERED = 1_000;

/**
 * Folded threads, kept while there is room and read again from the store otherwise. They run ahead of the database
 * until a batch is committed: when one is not, `clear` them.
 *
 * Most threads of a log that is caught up with are long over, and all that is kept costs the garbage collector. So there
 * is little room, and twice as much whenever a thread that was let go of not long ago had to be read again.
 */
export class ThreadFolds {
  /** Those that got no event for longest first. */
  private readonly kept = new Map<string, ThreadFold>();
  private keptEvents = 0;
  /** The last that gave way to others. */
  private readonly letGo = new Set<string>();

  constructor(
    private readonly store: EventStore,
    private mayKeep = FIRST_KEPT,
  ) {}

  /**
   * Assessed anew after the event, or at the end of the batch, by whoever puts `assessed` right then.
   *
   * @param held the folds of the batch, by stream, to which this one's is added: one that gives way to others in the
   *   middle of a batch, and is read again, would not be the one that earlier steps share
   */
  async step(
    stored: ThreadStoredEvent,
    held: Map<string, ThreadFold>,
    assessed: 'now' | 'later' = 'now',
  ): Promise<ThreadStep> {
    const kept = this.unkeep(stored.stream);
    const fold = await this.upTo(stored, held.get(stored.stream) ?? kept);
    held.set(stored.stream, fold);
    const before = fold.assessment;
    const language = fold.state.details?.language;
    const touched = fold.fold(stored);
    if (assessed === 'now') fold.assessment = reassess(before, fold.state, touched);
    this.keep(stored.stream, fold);
    const { data } = stored.event;
    const takenBack = 'attributionId' in data && !('speaker' in data) ? data.attributionId : null;
    return {
      stored,
      before,
      after: fold.assessment,
      touched,
      takenBack: takenBack === null ? null : (fold.state.attributions.get(takenBack) ?? null),
      languageChanged: language !== fold.state.details?.language,
      fold,
    };
  }

  clear(): void {
    this.kept.clear();
    this.keptEvents = 0;
  }

  /** One that is longer than all room is kept alone: not to keep it would be to read it for each batch. */
  private keep(stream: string, fold: ThreadFold): void {
    this.kept.set(stream, fold);
    this.keptEvents += weightOf(fold);
    for (const eldest of this.kept.keys()) {
      if (this.keptEvents <= this.mayKeep || eldest === stream) return;
      this.unkeep(eldest);
      this.letGo.add(eldest);
      if (this.letGo.size > REMEMBERED) this.forgetFirst();
    }
  }

  private forgetFirst(): void {
    for (const first of this.letGo) {
      this.letGo.delete(first);
      return;
    }
  }

  private unkeep(stream: string): ThreadFold | undefined {
    const fold = this.kept.get(stream);
    if (fold === undefined) return undefined;
    this.kept.delete(stream);
    this.keptEvents -= weightOf(fold);
    return fold;
  }

  /** The thread just before the event. */
  private async upTo({ stream, revision }: ThreadStoredEvent, known: ThreadFold | undefined): Promise<ThreadFold> {
    if (known !== undefined && known.state.revision === revision - 1n) return known;
    const fold = new ThreadFold();
    if (revision === 0n) return fold;
    if (this.letGo.delete(stream)) this.mayKeep = Math.min(MOST_KEPT, 2 * this.mayKeep);
    for await (const stored of this.store.readStream(stream, { limit: Number(revision) })) {
      if (isThreadEvent(stored)) fold.fold(stored);
    }
    fold.assessment = assessThread(fold.state);
    return fold;
  }
}

export function attributionOrigin({ id, position, context }: StoredEvent): AttributionOrigin {
  return { id, position, actor: context.actor, batchId: context.batchId };
}

function weightOf({ state }: ThreadFold): number {
  return Number(state.revision) + 2;
}

/** To look at all claims at each event of a long thread would be quadratic. */
function bringsClaims(event: ThreadEvent): boolean {
  return event.type === 'ClaimOpened' || 'claims' in event.data;
}

export function isThreadEvent(stored: StoredEvent): stored is ThreadStoredEvent {
  return stored.stream.startsWith(THREAD_STREAM_PREFIX) && !isSourceEvent(stored.event);
}

function isSourceEvent(event: LedgerEvent): boolean {
  return event.type.startsWith('Source');
}

/** `reads`: how the projections do that the batch is for. */
export async function foldBatch(
  events: readonly StoredEvent[],
  folds: ThreadFolds,
  reads: 'steps' | 'ends' = 'steps',
): Promise<{
  readonly events: readonly StoredEvent[];
  readonly steps: readonly ThreadStep[];
  readonly ends: ReadonlyMap<string, ThreadEnd>;
}> {
  const steps: ThreadStep[] = [];
  const ends = new Map<string, ThreadFold>();
  for (const stored of events) {
    if (isThreadEvent(stored)) steps.push(await folds.step(stored, ends, reads === 'steps' ? 'now' : 'later'));
  }
  return { events, steps: reads === 'steps' ? steps : assessAtEnds(steps), ends };
}

/** Most of the work of a step is to assess its thread; a projection that shows only the last one is spared the others. */
function assessAtEnds(steps: readonly ThreadStep[]): readonly ThreadStep[] {
  const touched = new Map<ThreadFold, Set<ClaimId>>();
  for (const { fold, touched: own } of steps) {
    const all = touched.get(fold) ?? new Set();
    for (const claimId of own) all.add(claimId);
    touched.set(fold, all);
  }
  for (const [fold, claimIds] of touched) {
    fold.assessment = reassess(fold.assessment, fold.state, claimIds);
  }
  return steps.map((step) => ({ ...step, after: step.fold.assessment }));
}
