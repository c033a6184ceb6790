import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { EventStore, Position } from '#event-store';
import type { Failure } from '../parking/sieve.js';
import type { AppliedBatch } from './lane.js';
import type { Projection } from './projection.js';

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly projections: readonly Projection[];
  /** Called after each commit, with the position that every projection has reached. */
  readonly onApplied?: (position: Position) => void;
  readonly onError?: (error: unknown, position: Position) => void;
  /** Called for each event that was parked, once that is committed. */
  readonly onParked?: (failure: Failure) => void;
  /** Called for each transaction that has applied events, once it is committed. */
  readonly onBatch?: (batch: AppliedBatch) => void;
  /** The most events in one transaction; 500 when left out. */
  readonly batchSize?: number;
}

/** Ends early, without an error, when the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
