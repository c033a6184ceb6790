import type { ImportBatch, Imports } from '#imports';
import type { Logger } from '#platform';

const LOOK_EVERY_MS = 5_000;

/**
 * Goes on with uploaded files and with voidings, one at a time: those that this process has just been sent, and those
 * that another one left behind when it ended.
 */
export class ImportWorker {
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private round: Promise<void> = Promise.resolve();
  private isAsked = false;

  constructor(
    private readonly imports: Imports,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => this.wake(), LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** There is something to do. */
  wake(): void {
    if (this.isAsked || this.stopping.signal.aborted) return;
    this.isAsked = true;
    this.round = this.round.then(() => {
      this.isAsked = false;
      return this.workOff();
    });
  }

  /** Resolves once the work at hand has reached its next checkpoint. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.round;
  }

  private async workOff(): Promise<void> {
    try {
      for (const batch of await this.imports.batches.waiting()) {
        if (this.stopping.signal.aborted) return;
        await this.goOn(batch);
      }
    } catch (err) {
      this.logger.warn({ err }, 'Imports could not be looked for; the next look will do.');
    }
  }

  private async goOn(batch: ImportBatch): Promise<void> {
    const { batchId } = batch;
    try {
      await this.imports.resume(batch, { signal: this.stopping.signal });
    } catch (err) {
      this.logger.warn({ err, batchId }, 'An import was cut off; it goes on from its last checkpoint.');
    }
  }
}
