import { LRUCache } from 'lru-cache';
import { type AttributionId, assessThread, type Instant, Refusal, type ThreadId } from '#domain';
import { type JudgedEcho, judged, type Said } from '#echoes';
import type { EventStore } from '#event-store';
import type { ThreadFold } from '#read-models';
import { type AsOfNote, type Moment, MomentNotFound } from './as-of.js';
import { echoesOf } from './record.js';
import { saidUntil } from './said-until.js';
import type { ReplayStep } from './steps.js';
import { ThreadLog } from './thread-log.js';

const THREAD_STREAM_PREFIX = 'thread-';

export interface ReplayOptions {
  /** Events kept decoded in memory, over all threads. */
  readonly cachedEvents?: number;
  /** Events of the threads kept folded up to some moment, over all. */
  readonly foldedEvents?: number;
}

/** A thread as it stood at a moment. Shared with whoever asks for the same moment: never change it. */
export interface ThreadThen {
  readonly fold: ThreadFold;
  readonly asOf: AsOfNote;
}

/** Which steps of a replay; each bound is inclusive. */
export interface StepRange {
  readonly from?: Moment;
  readonly to?: Moment;
}

/**
 * What was known of a thread at any moment, folded from its stream by the code that makes the live status. Streams only
 * grow, so all that is kept in memory (decoded events, steps, folded threads) is true for ever and may go at any time.
 *
 * Every method throws Refusal `thread_not_found`, MomentNotFound and EventStoreUnavailable.
 */
export class Replay {
  private readonly logs: LRUCache<ThreadId, ThreadLog>;
  private readonly folds: LRUCache<string, ThreadFold>;

  constructor(
    private readonly store: EventStore,
    { cachedEvents = 20_000, foldedEvents = 20_000 }: ReplayOptions = {},
  ) {
    // What is longer than the whole room takes all of it: to leave it out would be to read it for each request.
    this.logs = new LRUCache({
      maxSize: cachedEvents,
      sizeCalculation: ({ events }) => Math.min(events.length + 1, cachedEvents),
    });
    this.folds = new LRUCache({
      maxSize: foldedEvents,
      sizeCalculation: ({ state }) => Math.min(Number(state.revision) + 2, foldedEvents),
    });
  }

  /** The thread as of a moment; now when nothing bounds it. */
  async thread(threadId: ThreadId, moment: Moment = {}): Promise<ThreadThen> {
    const { log, count } = await this.known(threadId, moment);
    const { recordedUntil = null, statedUntil = null } = moment;
    const fold = this.foldOf(threadId, log, count, statedUntil);
    const { last } = fold;
    if (last === null) throw notYet(threadId, moment);
    const asOf = { revision: last.revision, recordedAt: last.recordedAt, recordedUntil, statedUntil };
    return { fold, asOf };
  }

  /** The steps of a range, in order. Of a range without events, none. */
  async steps(threadId: ThreadId, { from = {}, to = {} }: StepRange = {}): Promise<readonly ReplayStep[]> {
    const { log, count } = await this.known(threadId, to);
    if (count === 0) return [];
    const steps = await log.steps(count);
    this.keep(threadId, log);
    const { revision, recordedUntil: since } = from;
    const first = steps.findIndex(
      ({ stored }) =>
        (revision === undefined || stored.revision >= revision) && (since === undefined || stored.recordedAt >= since),
    );
    return first === -1 ? [] : steps.slice(first);
  }

  /** Which earlier attributions of the thread this one looks like without being another source; it need not be there yet. */
  async echoes(threadId: ThreadId, attribution: Said): Promise<readonly JudgedEcho[]> {
    const last = (await this.steps(threadId)).at(-1);
    return last === undefined ? [] : judged(last.heard.echoesOf(attribution), last.policy);
  }

  /** The same of one that is in the thread. */
  async echoesOf(threadId: ThreadId, attributionId: AttributionId): Promise<readonly JudgedEcho[]> {
    const step = (await this.steps(threadId)).findLast(
      ({ attribution }) => attribution?.attributionId === attributionId,
    );
    return step === undefined ? [] : echoesOf(step);
  }

  private async known(threadId: ThreadId, moment: Moment): Promise<{ log: ThreadLog; count: number }> {
    const log = this.logs.get(threadId) ?? new ThreadLog(this.store, `${THREAD_STREAM_PREFIX}${threadId}`);
    const before = log.events.length;
    const count = await log.count(moment);
    const { length } = log.events;
    if (length === 0) throw new Refusal('thread_not_found', `There is no thread ${threadId}.`);
    if (length > before || !this.logs.has(threadId)) this.keep(threadId, log);
    const { revision } = moment;
    if (revision !== undefined && revision >= BigInt(length)) {
      throw new MomentNotFound(`Thread ${threadId} has no revision ${revision} yet. Its last one is ${length - 1}.`);
    }
    return { log, count };
  }

  /** Anew, for the cache measures a thing once. A log that another request has put there stays. */
  private keep(threadId: ThreadId, log: ThreadLog): void {
    const other = this.logs.peek(threadId);
    if (other !== undefined && other !== log && other.events.length > log.events.length) return;
    this.logs.delete(threadId);
    this.logs.set(threadId, log);
  }

  private foldOf(threadId: ThreadId, log: ThreadLog, count: number, statedUntil: Instant | null): ThreadFold {
    const key = `${threadId} ${count} ${statedUntil}`;
    const known = this.folds.get(key);
    if (known !== undefined) return known;
    const fold = log.past(count);
    if (statedUntil !== null) fold.state = saidUntil(fold.state, statedUntil);
    fold.assessment = assessThread(fold.state);
    this.folds.set(key, fold);
    return fold;
  }
}

function notYet(threadId: ThreadId, { recordedUntil }: Moment): MomentNotFound {
  return new MomentNotFound(`Thread ${threadId} was opened later than ${recordedUntil}. Ask for a later moment.`);
}
