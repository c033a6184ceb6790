import { StartupError } from './startup-error.js';

/** A process that is to be there as long as we are. */
export interface KeptProcess {
  readonly name: string;
  /** Resolves when the one that runs now has ended, with how. */
  ended(): Promise<string>;
  /** Resolves once it serves again. */
  startAgain(): Promise<void>;
}

/** Told of what happens to it, in this order. */
export interface KeptProcessLog {
  ended(how: string): void;
  notStarted(error: unknown, attempt: number, of: number): void;
  startedAgain(): void;
}

/** Before each try; when all are used up it is given up. */
const PAUSES_MS = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];
/** Whoever has been up for so long counts as well again, and all tries are to be had anew. */
const STEADY_MS = 60_000;

/**
 * Starts a process again whenever it has ended, until the signal: then it resolves, a start that is under way being over.
 *
 * @throws StartupError when it cannot be started again, or ends each time soon after
 */
export async function keepRunning(kept: KeptProcess, log: KeptProcessLog, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
  for (let tries = 0; ; ) {
    const since = performance.now();
    const how = await Promise.race([kept.ended(), aborted]);
    if (how === null || signal.aborted) return;
    log.ended(how);
    if (performance.now() - since >= STEADY_MS) tries = 0;
    let last = `it ended again soon after each start (${how})`;
    for (let runs = false; !runs; ) {
      const pause = PAUSES_MS[tries++];
      if (pause === undefined) {
        throw new StartupError(
          `${kept.name} ended by itself, and in ${PAUSES_MS.length} tries did not come back: ${last}`,
        );
      }
      try {
        await passed(pause, signal);
        if (signal.aborted) return;
        await kept.startAgain();
        runs = true;
        log.startedAgain();
      } catch (error) {
        if (signal.aborted) return;
        last = error instanceof Error ? error.message : String(error);
        log.notStarted(error, tries, PAUSES_MS.length);
      }
    }
  }
}

/** Ends early when the signal says so. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
