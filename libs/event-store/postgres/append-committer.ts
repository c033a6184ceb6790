import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError, type Pool, type PoolClient, type QueryConfig } from 'pg';
import { EventIdReused, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import type { AppendResult, Position } from '../event-store.js';
import {
  appendStatement,
  type BatchOutcome,
  type Judgement,
  type PendingAppend,
  PLAN_FOR_GROWTH,
  shortStatement,
} from './append-statement.js';
import { isConnectionLoss } from './connection-loss.js';

export interface CommitterLimits {
  readonly batchesInFlight: number;
  readonly batchEvents: number;
  readonly batchBytes: number;
  readonly queuedAppends: number;
  /** How long a batch is waited for before its connection counts as lost. */
  readonly answerMs: number;
  /** How long an append whose outcome is unknown is tried again. */
  readonly retryMs: number;
}

export const COMMITTER_LIMITS: CommitterLimits = {
  batchesInFlight: 2,
  batchEvents: 1_000,
  batchBytes: 8 * 1024 * 1024,
  queuedAppends: 20_000,
  answerMs: 6_000,
  retryMs: 10_000,
};

export interface CommittedBatch {
  readonly events: number;
  /** From the moment it was sent, tries after a lost connection included. */
  readonly seconds: number;
}

/** Appends that are not worth a second commit. */
const SMALL_BATCH = 16;
const UNIQUE_VIOLATION = '23505';

interface Waiting {
  readonly append: PendingAppend;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Many appends share a commit: while batches are in flight the others wait, and then go together as one statement. One
 * statement, so that no round trip passes while the lock that orders commits is held, and a client that stops in the
 * middle cannot hold it. Batches go down one connection, each before the last is answered, so that the server always has
 * the next at hand and takes them in this order. An append that does not say which event it follows waits until no other
 * of its stream is in flight, which keeps a stream's appends in the order of their calls.
 */
export class AppendCommitter {
  private queue: Waiting[] = [];
  /** In how many batches in flight a stream is. */
  private readonly busyStreams = new Map<string, number>();
  /** Of appends by the short statement, which may have to be sent again, behind what was sent after it. */
  private readonly unsettledStreams = new Set<string>();
  private connection: Promise<PoolClient> | null = null;
  private inFlight = 0;
  private closed = false;
  private pumping = false;
  private drained: (() => void) | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly onCommitted: (batch: CommittedBatch) => void,
    private readonly limits: CommitterLimits = COMMITTER_LIMITS,
  ) {}

  append(append: PendingAppend): Promise<AppendResult> {
    if (this.closed) return Promise.reject(new EventStoreUnavailable('The event store is closed.'));
    if (this.queue.length >= this.limits.queuedAppends) {
      return Promise.reject(new EventStoreUnavailable('Too many appends are waiting. Try again in a moment.'));
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ append, resolve, reject });
      this.pumpSoon();
    });
  }

  /** Resolves when everything that was accepted is settled. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.inFlight > 0 || this.queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
    const connected = this.connection;
    this.connection = null;
    (await connected?.catch(() => null))?.release();
  }

  /** Callers of the same turn of the event loop go together, and so do those that a finished batch sets free. */
  private pumpSoon(): void {
    if (this.pumping || this.queue.length === 0 || this.inFlight >= this.limits.batchesInFlight) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  private pump(): void {
    while (this.inFlight < this.limits.batchesInFlight) {
      const batch = this.takeBatch(this.share());
      if (batch.length === 0) return;
      this.inFlight += 1;
      void this.commit(batch).finally(() => {
        this.inFlight -= 1;
        for (const { append } of batch) this.release(append.stream);
        this.pumpSoon();
        if (this.inFlight === 0 && this.queue.length === 0) this.drained?.();
      });
    }
  }

  /**
   * When nothing is in flight, half of what waits goes first: while the database commits one half, this process answers
   * and refills the other. All in one batch would leave each of them idle while the other works.
   */
  private share(): number {
    const free = this.limits.batchesInFlight - this.inFlight;
    return Math.max(SMALL_BATCH, Math.ceil(this.queue.length / free));
  }

  private takeBatch(most: number): Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    /** Or left waiting: a later append of such a stream must not overtake. */
    const taken = new Set<string>();
    let events = 0;
    let bytes = 0;
    for (const waiting of this.queue) {
      const { stream } = waiting.append;
      const size = waiting.append.events.length;
      const fits =
        batch.length === 0 ||
        (events + size <= this.limits.batchEvents && bytes + waiting.append.bytes <= this.limits.batchBytes);
      const mustWait =
        this.unsettledStreams.has(stream) || (waiting.append.follows === null && this.busyStreams.has(stream));
      if (!fits || batch.length >= most || mustWait || taken.has(stream)) {
        left.push(waiting);
        taken.add(stream);
        continue;
      }
      batch.push(waiting);
      taken.add(stream);
      events += size;
      bytes += waiting.append.bytes;
    }
    this.queue = left;
    for (const { append } of batch) this.busyStreams.set(append.stream, (this.busyStreams.get(append.stream) ?? 0) + 1);
    return batch;
  }

  private release(stream: string): void {
    const others = (this.busyStreams.get(stream) ?? 1) - 1;
    if (others === 0) this.busyStreams.delete(stream);
    else this.busyStreams.set(stream, others);
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    const sentAt = performance.now();
    try {
      settle(batch, await this.send(batch));
      const events = batch.reduce((sum, { append }) => sum + append.events.length, 0);
      this.onCommitted({ events, seconds: (performance.now() - sentAt) / 1_000 });
    } catch (error) {
      // What one append carries must not fail the others: each is tried by itself.
      if (batch.length > 1 && !(error instanceof EventStoreUnavailable)) {
        for (const waiting of batch) await this.commit([waiting]);
        return;
      }
      for (const { reject } of batch) reject(error);
    }
  }

  /** Sends the same ids and expectations again after an unknown outcome: what had succeeded is found, not repeated. */
  private async send(batch: readonly Waiting[]): Promise<BatchOutcome> {
    // Not by the wall clock: set back, it would not give up for as long as it was set back.
    const giveUpAt = performance.now() + this.limits.retryMs;
    const appends = batch.map(({ append }) => append);
    const settled = await this.sendShort(appends);
    if (settled !== null) return settled;
    const statement = appendStatement(appends);
    for (let attempt = 0; ; attempt++) {
      try {
        const outcome = await this.query(statement);
        if (outcome === undefined) throw new Error('The database answered an append with nothing.');
        return outcome;
      } catch (error) {
        if (!isConnectionLoss(error)) throw error;
        const pause = Math.min(1_000, 20 * 2 ** attempt);
        if (performance.now() + pause >= giveUpAt) {
          throw new EventStoreUnavailable('The database did not answer. Retry with the same event ids.', {
            cause: error,
          });
        }
        await delay(pause);
      }
    }
  }

  /** Null: nothing came of it, or it is not known, which the whole statement finds out. */
  private async sendShort(appends: readonly PendingAppend[]): Promise<BatchOutcome | null> {
    const statement = shortStatement(appends);
    const [only] = appends;
    if (statement === null || only === undefined) return null;
    this.unsettledStreams.add(only.stream);
    try {
      return (await this.query(statement)) ?? null;
    } catch (error) {
      if (isConnectionLoss(error) || (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION)) return null;
      throw error;
    } finally {
      this.unsettledStreams.delete(only.stream);
    }
  }

  /** Down the one connection; a new one when it is lost, with all that was in flight on it. */
  private async query(statement: QueryConfig): Promise<BatchOutcome | undefined> {
    this.connection ??= this.connect();
    const { connection } = this;
    try {
      const query = { ...statement, query_timeout: this.limits.answerMs };
      return (await (await connection).query<BatchOutcome>(query)).rows[0];
    } catch (error) {
      if (this.connection === connection && isConnectionLoss(error)) {
        this.connection = null;
        void connection.then(
          (client) => client.release(true),
          () => undefined,
        );
      }
      throw error;
    }
  }

  private async connect(): Promise<PoolClient> {
    const client = await this.pool.connect();
    // Its queries fail by themselves; unheard, the error would end the process.
    client.on('error', () => undefined);
    try {
      await client.query({ text: PLAN_FOR_GROWTH, query_timeout: this.limits.answerMs } as QueryConfig);
    } catch (error) {
      client.release(true);
      throw error;
    }
    return client;
  }
}

function settle(batch: readonly Waiting[], outcome: BatchOutcome): void {
  const { judged } = outcome;
  if (judged === null) return accept(batch, outcome);
  batch.forEach((waiting, index) => {
    const judgement = judged[index];
    if (judgement !== undefined) settleOne(waiting, judgement);
  });
}

/** Every append found its stream as it expected it, and brought new events. */
function accept(batch: readonly Waiting[], { base, at, heads }: BatchOutcome): void {
  const recordedAt = new Date(Number(at)).toISOString();
  const before = heads.slice(1, -1).split(',');
  let position: Position = BigInt(base);
  batch.forEach(({ append, resolve }, index) => {
    const count = BigInt(append.events.length);
    position += count;
    resolve({ position, revision: BigInt(before[index] ?? -1) + count, recordedAt, deduplicated: false });
  });
}

function settleOne({ append, resolve, reject }: Waiting, judgement: Judgement): void {
  const { accepted, known, knownHere, head } = judgement;
  const deduplicated = known === append.events.length && knownHere === known;
  if (accepted || deduplicated) {
    resolve({
      position: BigInt(judgement.position ?? -1),
      revision: BigInt(judgement.revision ?? -1),
      recordedAt: new Date(judgement.at).toISOString(),
      deduplicated,
    });
  } else if (known > 0) {
    reject(new EventIdReused(append.stream));
  } else {
    reject(new WrongExpectedRevision(append.stream, append.expected, BigInt(head)));
  }
}
