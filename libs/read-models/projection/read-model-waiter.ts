import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { BEFORE_FIRST, type Position } from '#event-store';

const POLL_MS = 15;

/**
 * Read-your-writes: waits until every projection has applied the log up to a position. A projector in the same process
 * tells it (`applied`); one in another is found by asking the database, one query for all who wait.
 */
export class ReadModelWaiter {
  private reached: Position = BEFORE_FIRST;
  private poll: Promise<void> | null = null;
  private wake: (() => void)[] = [];

  constructor(private readonly pool: Pool) {}

  applied(position: Position): void {
    if (position <= this.reached) return;
    this.reached = position;
    const wake = this.wake;
    this.wake = [];
    for (const resume of wake) resume();
  }

  /** False: not within `timeoutMs`. */
  async waitFor(position: Position, timeoutMs: number): Promise<boolean> {
    const until = Date.now() + timeoutMs;
    while (this.reached < position) {
      const left = until - Date.now();
      if (left <= 0) return false;
      const news = new Promise<void>((resume) => this.wake.push(resume));
      this.poll ??= this.ask().finally(() => {
        this.poll = null;
      });
      await Promise.race([news, this.poll, delay(left, undefined, { ref: false })]);
    }
    return true;
  }

  private async ask(): Promise<void> {
    const { rows } = await this.pool.query<{ position: string | null }>(
      'SELECT min(position) AS position FROM read_models.checkpoints',
    );
    this.applied(BigInt(rows[0]?.position ?? BEFORE_FIRST));
    await delay(POLL_MS, undefined, { ref: false });
  }
}
