import { BEFORE_FIRST } from '#event-store';
import { Overtaken } from './lane.js';
import { Leases } from './leases.js';
import { type ProjectorOptions, pause } from './projector-options.js';
import { ProjectorRound } from './projector-round.js';

export type { ProjectorOptions } from './projector-options.js';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
/** Whoever is overtaken stands by, and takes over at most so long after the other has gone. */
const LAST_STANDBY_MS = 1_000;

/**
 * Applies the log to the read models, in order: a batch and its checkpoints in one transaction. The checkpoint rows are
 * locked and compared there, and the token of the lease with them, so that of several projectors only the one that runs a
 * projection writes its rows, and a crash at any point loses and repeats nothing.
 */
export class Projector {
  private readonly leases: Leases;
  /** Errors and defeats in a row. */
  private setbacks = 0;

  constructor(private readonly options: ProjectorOptions) {
    this.leases = new Leases(options.pool);
  }

  /** Runs until `signal`, and ends once the batch under way is applied. Errors are reported and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const round = new ProjectorRound(this.options, signal, this.leases, (reached) => {
        this.setbacks = 0;
        if (reached !== null) this.options.onApplied?.(reached);
      });
      try {
        await round.run();
      } catch (error) {
        if (signal.aborted) break;
        const overtaken = error instanceof Overtaken;
        if (!overtaken) this.options.onError?.(error, round.reached ?? BEFORE_FIRST);
        const longest = overtaken ? LAST_STANDBY_MS : LAST_RETRY_MS;
        await pause(Math.min(longest, FIRST_RETRY_MS * 2 ** Math.min(this.setbacks++, 10)), signal);
      }
    }
    // If the database does not answer now, they run out by themselves.
    await this.leases.release().catch(() => undefined);
  }
}
