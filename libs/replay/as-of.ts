import type { Instant } from '#domain';

/** A moment in the past of a thread. What is left out does not bound. */
export interface Moment {
  /** What did this newsroom know then? */
  readonly recordedUntil?: Instant | undefined;
  /** What had been said in the world by then? Bounds attributions and what takes them back, not what editors did. */
  readonly statedUntil?: Instant | undefined;
  /** After this event of the thread's stream. */
  readonly revision?: bigint | undefined;
}

/** What a view of the past was made of. */
export interface AsOfNote {
  /** The last event that the view knows. */
  readonly revision: bigint;
  /** When that event was recorded. */
  readonly recordedAt: Instant;
  readonly recordedUntil: Instant | null;
  readonly statedUntil: Instant | null;
}

/** The thread's stream has nothing at the moment asked for. */
export class MomentNotFound extends Error {
  override readonly name = 'MomentNotFound';
  readonly code = 'moment_not_found';
}
