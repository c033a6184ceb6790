import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { BEFORE_FIRST, type Position } from '#event-store';
import { PROJECTIONS } from '../projections.js';
import { LIVE_SCHEMA } from './checkpoints.js';

const FASTEST_POLL_MS = 5;
const SLOWEST_POLL_MS = 100;

interface Waiting {
  readonly position: Position;
  settle(reached: boolean): void;
  fail(error: unknown): void;
}

/**
 * Read-your-writes: waits until every projection has applied the log up to a position. A projector in the same process
 * tells it (`applied`); one in another is found by asking the database, one query for all who wait, ever more slowly
 * while nothing moves.
 */
export class ReadModelWaiter {
  private reached: Position = BEFORE_FIRST;
  private readonly waiting = new Set<Waiting>();
  private readonly listeners = new Set<() => void>();
  private polling = false;

  constructor(private readonly pool: Pool) {}

  applied(position: Position): void {
    if (position <= this.reached) return;
    this.reached = position;
    for (const waiting of this.waiting) if (waiting.position <= position) waiting.settle(true);
    for (const listener of this.listeners) listener();
  }

  /** Calls the listener whenever this process learns that more was applied, until the returned function is called. */
  onApplied(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * False: not within `timeoutMs`.
   * @throws what the database said when it cannot be asked, or the signal's reason
   */
  waitFor(position: Position, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.reached >= position) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.waiting.delete(waiting);
      };
      const waiting: Waiting = {
        position,
        settle: (reached) => {
          end();
          resolve(reached);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const abort = () => waiting.fail(signal?.reason);
      const timer = setTimeout(() => waiting.settle(false), timeoutMs);
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.add(waiting);
      if (!this.polling) void this.poll();
    });
  }

  /**
   * Whether a projection has gone past the event at this position without applying it: it is parked, or waits behind
   * one of its stream that is. The read models then show everything but this.
   */
  async isHeld(position: Position): Promise<boolean> {
    const { rows } = await this.pool.query<{ held: boolean }>(
      `SELECT EXISTS (SELECT FROM ${LIVE_SCHEMA}.parked_events WHERE position = $1 AND state <> 'dropped') AS held`,
      [position.toString()],
    );
    return rows[0]?.held === true;
  }

  private async poll(): Promise<void> {
    this.polling = true;
    let pauseMs = FASTEST_POLL_MS;
    try {
      while (this.waiting.size > 0) {
        const before = this.reached;
        this.applied(await this.ask());
        if (this.waiting.size === 0) return;
        pauseMs = this.reached > before ? FASTEST_POLL_MS : Math.min(SLOWEST_POLL_MS, pauseMs * 1.5);
        await delay(pauseMs);
      }
    } catch (error) {
      for (const waiting of this.waiting) waiting.fail(error);
    } finally {
      this.polling = false;
    }
  }

  private async ask(): Promise<Position> {
    // One that has no checkpoint yet has applied nothing; one that this build no longer has is not waited for.
    const { rows } = await this.pool.query<{ position: string | null }>(
      `SELECT min(coalesce(c.position, $2::numeric)) AS position
       FROM unnest($1::text[]) AS known (name) LEFT JOIN ${LIVE_SCHEMA}.checkpoints c ON c.projection = known.name`,
      [PROJECTIONS.map(({ name }) => name), BEFORE_FIRST.toString()],
    );
    return BigInt(rows[0]?.position ?? BEFORE_FIRST);
  }
}
