import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { END, excludeSystemEvents, type KurrentDBClient } from '@kurrent/kurrentdb-client';
import { type Connection, pauseAfter } from './connection.js';

export interface BellLimits {
  /** How long after an event that was found without a ring the ring may still come. */
  readonly deafAfterMs: number;
  /** How often a reader looks by itself. */
  readonly lookEveryMs: number;
}

export const BELL_LIMITS: BellLimits = { deafAfterMs: 1_000, lookEveryMs: 500 };

/**
 * Rings when there is something new in the log: a live subscription of the whole process, opened again whenever it
 * fails, ends or says nothing although there was something to say. It only says when to read. What is read, and how far
 * the log has been read, never rests on it: that is why none of what may go wrong with a subscription can lose an event.
 */
export class LiveBell {
  private readonly emitter = new EventEmitter().setMaxListeners(0);
  private readonly closing = new AbortController();
  private running: Promise<void> | null = null;
  private reopen: () => void = () => undefined;
  /** Counted, so that a ring between looking and waiting is not missed. */
  rings = 0;

  constructor(
    private readonly connection: Connection,
    readonly limits: BellLimits = BELL_LIMITS,
  ) {}

  /** Begins to listen, once. */
  listen(): void {
    this.running ??= this.run();
  }

  ring(): void {
    this.rings += 1;
    this.emitter.emit('ring');
  }

  /** Resolves when it has rung since `rings`, and otherwise when it is time to look, or at the signal. */
  async next(rings: number, outer: AbortSignal): Promise<void> {
    if (this.rings !== rings) return;
    const over = new AbortController();
    const signal = AbortSignal.any([outer, over.signal]);
    const waits = [once(this.emitter, 'ring', { signal }), delay(this.limits.lookEveryMs, undefined, { signal })];
    await Promise.race(waits.map((wait: Promise<unknown>) => wait.catch(() => undefined)));
    over.abort();
  }

  /** A reader found events for which the bell had not rung: if it does not ring soon, it hears nothing any more. */
  async missed(rings: number): Promise<void> {
    await delay(this.limits.deafAfterMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    if (this.rings === rings && !this.closing.signal.aborted) this.reopen();
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.reopen();
    await this.running;
  }

  private async run(): Promise<void> {
    this.connection.onRenewed(() => this.reopen());
    for (let failures = 0; !this.closing.signal.aborted; failures++) {
      const before = this.rings;
      await this.hear(this.connection.client);
      if (this.rings > before) failures = 0;
      await delay(pauseAfter(failures), undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }

  /** Until the subscription is over, for whatever reason. It says so by an error, by its end, or not at all. */
  private async hear(client: KurrentDBClient): Promise<void> {
    const subscription = client.subscribeToAll({
      fromPosition: END,
      requiresLeader: true,
      filter: excludeSystemEvents(),
    });
    await new Promise<void>((resolve) => {
      this.reopen = resolve;
      subscription
        // What came between the last look and the subscription would not ring.
        .on('confirmation', () => this.ring())
        .on('data', () => this.ring())
        .on('error', () => resolve())
        .on('end', () => resolve())
        .on('close', () => resolve());
    });
    await subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  }
}
