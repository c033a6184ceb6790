import { setImmediate as turn } from 'node:timers/promises';
import pMap from 'p-map';
import {
  assessThread,
  type ClaimId,
  type ClaimStatus,
  nameOfPolicy,
  type StatusPolicy,
  type ThreadAssessment,
  type ThreadEvent,
  type ThreadId,
  type ThreadState,
  type ThreadStatus,
  threadDecider,
} from '#domain';
import type { EventStore } from '#event-store';
import type { Moment } from './as-of.js';
import { saidUntil } from './said-until.js';

const THREAD_STREAM_PREFIX = 'thread-';
const AT_ONCE = 8;
const EXAMPLES = 10;

export interface BacktestChange<Status> {
  readonly from: Status;
  readonly to: Status;
  readonly count: number;
  /** Some of them, the first opened first. */
  readonly examples: readonly BacktestExample[];
}

export interface BacktestExample {
  readonly threadId: ThreadId;
  readonly slug: string;
  readonly claimId: ClaimId | null;
  readonly claimKey: string | null;
}

/** Where threads and claims would stand under another policy than their own. */
export interface Backtest {
  readonly policy: StatusPolicy;
  /** The policies that the threads stand under, such as `standard-1`, in the order of their names. */
  readonly against: readonly string[];
  readonly recordedUntil: string | null;
  readonly statedUntil: string | null;
  /** Those that were there at the moment; threads that were merged away are left out, for their survivors speak. */
  readonly threads: number;
  readonly claims: number;
  readonly threadsChanged: number;
  readonly claimsChanged: number;
  /** The most frequent first. */
  readonly threadChanges: readonly BacktestChange<ThreadStatus>[];
  readonly claimChanges: readonly BacktestChange<ClaimStatus>[];
}

export interface BacktestControl {
  readonly moment?: Omit<Moment, 'revision'>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Assesses every thread of the ledger twice, straight from the log. One thread is in memory at a time, and some that are
 * being read; a thread costs its own events.
 * @throws the signal's reason when it is aborted
 */
export async function backtest(
  store: EventStore,
  policy: StatusPolicy,
  { moment = {}, signal, onProgress }: BacktestControl = {},
): Promise<Backtest> {
  const { recordedUntil, statedUntil } = moment;
  const streams: string[] = [];
  const opened = { types: ['ThreadOpened'], streamPrefix: THREAD_STREAM_PREFIX } as const;
  for await (const { stream, recordedAt } of store.readAll({ filter: opened })) {
    if (recordedUntil !== undefined && recordedAt > recordedUntil) break;
    streams.push(stream);
  }
  const tally = new Tally();
  let done = 0;
  onProgress?.(0, streams.length);
  await pMap(
    streams,
    async (stream, order) => {
      const state = await foldUntil(store, stream, recordedUntil);
      signal?.throwIfAborted();
      if (state.lifecycle !== 'merged') {
        const said = statedUntil === undefined ? state : saidUntil(state, statedUntil);
        tally.add(said, assessThread(said), assessThread({ ...said, policy }), order);
      }
      onProgress?.(++done, streams.length);
      // Requests of others are answered in between.
      await turn();
    },
    { concurrency: AT_ONCE },
  );
  return {
    policy,
    recordedUntil: recordedUntil ?? null,
    statedUntil: statedUntil ?? null,
    ...tally.result(),
  };
}

async function foldUntil(store: EventStore, stream: string, recordedUntil: string | undefined): Promise<ThreadState> {
  let state = threadDecider.initialState();
  for await (const { event, revision, recordedAt } of store.readStream(stream)) {
    if (recordedUntil !== undefined && recordedAt > recordedUntil) break;
    // What stands in the stream of a thread is an event of a thread.
    state = threadDecider.evolve(state, { event: event as ThreadEvent, revision, recordedAt });
  }
  return state;
}

/** Threads come in no order of their own; the examples are those that were opened first all the same. */
class Tally {
  private threads = 0;
  private claims = 0;
  private readonly against = new Set<string>();
  private readonly threadChanges = new Map<string, Counted<ThreadStatus>>();
  private readonly claimChanges = new Map<string, Counted<ClaimStatus>>();

  add(state: ThreadState, now: ThreadAssessment, then: ThreadAssessment, order: number): void {
    this.threads += 1;
    this.claims += now.claims.size;
    this.against.add(nameOfPolicy(state.policy));
    const thread = { threadId: state.threadId ?? '', slug: state.details?.slug ?? '' };
    if (now.status !== then.status) {
      count(this.threadChanges, now.status, then.status, { ...thread, claimId: null, claimKey: null }, order);
    }
    for (const [claimId, { status: from }] of now.claims) {
      const to = then.claims.get(claimId)?.status ?? from;
      if (from === to) continue;
      const claimKey = state.claims.get(claimId)?.key ?? null;
      count(this.claimChanges, from, to, { ...thread, claimId, claimKey }, order);
    }
  }

  result() {
    const threadChanges = sorted(this.threadChanges);
    const claimChanges = sorted(this.claimChanges);
    const sum = (changes: readonly { readonly count: number }[]) => changes.reduce((all, each) => all + each.count, 0);
    return {
      against: [...this.against].sort(),
      threads: this.threads,
      claims: this.claims,
      threadsChanged: sum(threadChanges),
      claimsChanged: sum(claimChanges),
      threadChanges,
      claimChanges,
    };
  }
}

interface Counted<Status> {
  readonly from: Status;
  readonly to: Status;
  count: number;
  examples: { readonly order: number; readonly example: BacktestExample }[];
}

function count<Status extends string>(
  changes: Map<string, Counted<Status>>,
  from: Status,
  to: Status,
  example: BacktestExample,
  order: number,
): void {
  const key = `${from} ${to}`;
  const change = changes.get(key) ?? { from, to, count: 0, examples: [] };
  changes.set(key, change);
  change.count += 1;
  change.examples = [...change.examples, { order, example }].sort((a, b) => a.order - b.order).slice(0, EXAMPLES);
}

function sorted<Status extends string>(changes: ReadonlyMap<string, Counted<Status>>): BacktestChange<Status>[] {
  return [...changes.values()]
    .map(({ examples, ...change }) => ({ ...change, examples: examples.map(({ example }) => example) }))
    .sort((a, b) => b.count - a.count || (a.from + a.to < b.from + b.to ? -1 : 1));
}
