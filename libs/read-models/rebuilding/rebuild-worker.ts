import type { Pool } from 'pg';
import type { Actor, EventStore } from '#event-store';
import type { Projection } from '../projection/projection.js';
import { pause } from '../projection/projector-options.js';
import { PROJECTIONS } from '../projections.js';
import { RebuildUnderWay, rebuild } from './rebuild.js';
import { dueRebuilds } from './rebuilds.js';

const PROJECTOR: Actor = { id: 'system:projector', name: 'Projector' };
const POLL_MS = 1_000;
const LAST_RETRY_MS = 60_000;

export interface RebuildWorkerOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  /** Connected as the owner; opened for a rebuild, and ended after it. */
  readonly openOwnerPool: () => Pool;
  readonly projections?: readonly Projection[];
  readonly onDone?: (projection: Projection) => void;
  readonly onError?: (error: unknown, projection: Projection | null) => void;
  readonly batchSize?: number;
}

/** Carries out rebuilds, one after the other: those asked for, those cut off, and of tables of an earlier version. */
export class RebuildWorker {
  /** Errors in a row. */
  private setbacks = 0;

  constructor(private readonly options: RebuildWorkerOptions) {}

  /** Runs until `signal`; a rebuild under way is then left where it is, to be gone on with. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { pool, projections = PROJECTIONS } = this.options;
        for (const projection of await dueRebuilds(pool, projections)) await this.rebuild(projection, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.setbacks += 1;
        this.options.onError?.(error, null);
      }
      await pause(Math.min(LAST_RETRY_MS, POLL_MS * 2 ** Math.min(this.setbacks, 10)), signal);
    }
  }

  private async rebuild(projection: Projection, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { store, openOwnerPool, batchSize, onDone, onError } = this.options;
    const ownerPool = openOwnerPool();
    try {
      const size = batchSize === undefined ? {} : { batchSize };
      await rebuild({ store, ownerPool, projection, requestedBy: PROJECTOR, signal, ...size });
      this.setbacks = 0;
      onDone?.(projection);
    } catch (error) {
      // Another projector has taken it up; or this one ends.
      if (error instanceof RebuildUnderWay || signal.aborted) return;
      this.setbacks += 1;
      onError?.(error, projection);
    } finally {
      await ownerPool.end();
    }
  }
}
