import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, QueryConfig } from 'pg';
import { EventIdReused, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';
import type { AppendResult, ExpectedRevision } from '../event-store.js';
import { isConnectionLoss } from './connection-loss.js';

/** An append as the committer takes it: its events are JSON already. */
export interface PendingAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** Fields of the events, without the braces and the number of the append. */
  readonly events: readonly string[];
  readonly bytes: number;
}

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

/** Appends that are not worth a second commit. */
const SMALL_BATCH = 16;

interface Waiting {
  readonly append: PendingAppend;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

interface OutcomeRow {
  readonly o: number;
  readonly accepted: boolean;
  readonly head: string;
  readonly known: string;
  readonly known_here: string;
  readonly position_last: string | null;
  readonly revision_last: string | null;
  readonly at: Date;
}

/**
 * Many appends share a commit: while batches are in flight the others wait, and then go together as one statement. One
 * statement, so that no round trip passes while the lock that orders commits is held, and a client that stops in the
 * middle cannot hold it. A stream is in one batch at a time, which keeps its appends in the order of their calls.
 */
export class AppendCommitter {
  private queue: Waiting[] = [];
  private readonly busyStreams = new Set<string>();
  private inFlight = 0;
  private closed = false;
  private pumping = false;
  private drained: (() => void) | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly onCommitted: () => void,
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
    if (this.inFlight === 0 && this.queue.length === 0) return;
    await new Promise<void>((resolve) => {
      this.drained = resolve;
    });
  }

  /** Callers of the same turn of the event loop go together, and so do those that a finished batch sets free. */
  private pumpSoon(): void {
    if (this.pumping || this.inFlight >= this.limits.batchesInFlight) return;
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
        for (const { append } of batch) this.busyStreams.delete(append.stream);
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
    const held = new Set<string>();
    let events = 0;
    let bytes = 0;
    for (const waiting of this.queue) {
      const { stream } = waiting.append;
      const size = waiting.append.events.length;
      const fits =
        batch.length === 0 ||
        (events + size <= this.limits.batchEvents && bytes + waiting.append.bytes <= this.limits.batchBytes);
      if (!fits || batch.length >= most || this.busyStreams.has(stream) || held.has(stream)) {
        left.push(waiting);
        held.add(stream);
        continue;
      }
      batch.push(waiting);
      this.busyStreams.add(stream);
      events += size;
      bytes += waiting.append.bytes;
    }
    this.queue = left;
    return batch;
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.send(batch);
      for (const row of rows) {
        const waiting = batch[row.o];
        if (waiting !== undefined) settle(waiting, row);
      }
      this.onCommitted();
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
  private async send(batch: readonly Waiting[]): Promise<readonly OutcomeRow[]> {
    const parameter = serialise(batch);
    const giveUpAt = Date.now() + this.limits.retryMs;
    for (let attempt = 0; ; attempt++) {
      try {
        const { rows } = await this.pool.query<OutcomeRow>({
          name: 'append_batch',
          text: 'SELECT * FROM ledger.append_batch($1::json)',
          values: [parameter],
          query_timeout: this.limits.answerMs,
        } as QueryConfig);
        return rows;
      } catch (error) {
        if (!isConnectionLoss(error)) throw error;
        const pause = Math.min(1_000, 20 * 2 ** attempt);
        if (Date.now() + pause >= giveUpAt) {
          throw new EventStoreUnavailable('The database did not answer. Retry with the same event ids.', {
            cause: error,
          });
        }
        await delay(pause);
      }
    }
  }
}

/** As `ledger.append_batch` reads it. */
function serialise(batch: readonly Waiting[]): string {
  const events = batch.flatMap(({ append }, o) => {
    const expected = append.expected === 'any' ? 'null' : append.expected === 'none' ? '-1' : `${append.expected}`;
    const of = `"o":${o},"s":${JSON.stringify(append.stream)},"x":${expected}`;
    return append.events.map((fields, k) => `{${of},"k":${k},${fields}}`);
  });
  return `[${events.join()}]`;
}

function settle({ append, resolve, reject }: Waiting, row: OutcomeRow): void {
  const known = Number(row.known);
  const deduplicated = known === append.events.length && Number(row.known_here) === known;
  if (row.accepted || deduplicated) {
    resolve({
      position: BigInt(row.position_last ?? -1),
      revision: BigInt(row.revision_last ?? -1),
      recordedAt: row.at.toISOString(),
      deduplicated,
    });
  } else if (known > 0) {
    reject(new EventIdReused(append.stream));
  } else {
    reject(new WrongExpectedRevision(append.stream, append.expected, BigInt(row.head)));
  }
}
