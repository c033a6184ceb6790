import type { Pool } from 'pg';
import type { EventStore, Position, StoredEvent } from '#event-store';
import { advanceCheckpoints, LIVE_SCHEMA, lockCheckpoints } from './checkpoints.js';
import { isPassingFault } from './passing-fault.js';
import { type Projection, TableWriter } from './projection.js';
import { Rate } from './rate.js';
import { foldBatch, ThreadFolds } from './thread-folds.js';
import { inTransaction } from './transaction.js';

/** Another projector or a rebuild has moved a checkpoint: what this one has read and folded is of no use. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** A stretch of the log, from the position where a lane stands. */
export interface Stretch {
  readonly events: readonly StoredEvent[];
  readonly until: Position;
}

/** Projections that stand at the same position and go on together, a batch and their checkpoints in one transaction. */
export class Lane {
  private readonly folds: ThreadFolds;
  private readonly rate = new Rate();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly ledger: { readonly store: EventStore; readonly pool: Pool },
    public projections: readonly Projection[],
    public position: Position,
  ) {
    this.folds = new ThreadFolds(ledger.store);
  }

  /** Nothing else happens to the lane meanwhile. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** @throws Overtaken when a checkpoint is not where this lane stands */
  async apply({ events, until }: Stretch): Promise<void> {
    try {
      await this.commit(this.projections, { events, until }, this.folds);
    } catch (error) {
      // They are ahead of the tables now.
      this.folds.clear();
      throw error;
    }
    this.position = until;
  }

  /**
   * After `apply` has failed: tries the stretch for each projection by itself. Those that can go on stay in the lane; the
   * others leave it and are returned.
   */
  async applyApart(stretch: Stretch): Promise<readonly Projection[]> {
    const failed: Projection[] = [];
    for (const projection of this.projections) {
      try {
        await this.commit([projection], stretch, new ThreadFolds(this.ledger.store));
      } catch (error) {
        if (error instanceof Overtaken || isPassingFault(error)) throw error;
        failed.push(projection);
      }
    }
    this.projections = this.projections.filter((projection) => !failed.includes(projection));
    this.position = stretch.until;
    return failed;
  }

  private async commit(projections: readonly Projection[], stretch: Stretch, folds: ThreadFolds): Promise<void> {
    if (projections.length === 0) return;
    const { events, until } = stretch;
    const batch = await foldBatch(events, folds);
    const eventsPerSecond = this.rate.after(events.length);
    await inTransaction(this.ledger.pool, async (client) => {
      const checkpoints = await lockCheckpoints(client, projections);
      for (const { name, version } of projections) {
        const stored = checkpoints.get(name);
        if (stored?.position !== this.position || stored.version !== version) throw new Overtaken();
      }
      const tables = new TableWriter(client, LIVE_SCHEMA);
      for (const projection of projections) await projection.apply(batch, tables);
      await advanceCheckpoints(client, projections, { to: until, events: events.length, eventsPerSecond });
    });
  }
}
