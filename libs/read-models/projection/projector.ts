import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { BEFORE_FIRST, type EventStore, type FeedBatch, type Position, type StoredEvent } from '#event-store';
import { type Projection, TableWriter } from './projection.js';
import { isThreadEvent, ThreadFolds, type ThreadStep } from './thread-folds.js';

export const LIVE_SCHEMA = 'read_models';
const RETRY_MS = 500;

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly projections: readonly Projection[];
  /** Called after each commit, with the position that every projection has reached. */
  readonly onApplied?: (position: Position) => void;
  readonly onError?: (error: unknown, position: Position) => void;
  readonly batchSize?: number;
}

/** Another projector has moved the checkpoint: what this one has read and folded is of no use. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/**
 * Applies the log to the read models, in order: a batch and its checkpoint in one transaction. The checkpoint row is
 * locked and compared there, so that of several projectors only one applies a batch, and a crash at any point loses and
 * repeats nothing.
 */
export class Projector {
  private readonly folds: ThreadFolds;

  constructor(private readonly options: ProjectorOptions) {
    this.folds = new ThreadFolds(options.store);
  }

  /** Runs until `signal`. Errors are reported and tried again; an event that cannot be applied is never skipped. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let reached: Position = BEFORE_FIRST;
      try {
        reached = await this.checkpoint();
        const { store, batchSize } = this.options;
        const feed = store.subscribe({ after: reached, signal, batchSize: batchSize ?? 500 });
        for await (const batch of feed) {
          if (batch.position > reached) await this.apply(batch, reached);
          reached = batch.position;
          this.options.onApplied?.(reached);
        }
      } catch (error) {
        this.folds.clear();
        if (!(error instanceof Overtaken)) {
          this.options.onError?.(error, reached);
          await this.recordError(error);
        }
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Where all projections have got to: the one furthest behind. */
  private async checkpoint(): Promise<Position> {
    const { pool, projections } = this.options;
    for (const { name, version } of projections) {
      await pool.query(
        `INSERT INTO ${LIVE_SCHEMA}.checkpoints (projection, version, position, updated_at)
         VALUES ($1, $2, $3, now()) ON CONFLICT (projection) DO NOTHING`,
        [name, version, BEFORE_FIRST.toString()],
      );
    }
    const { rows } = await pool.query<{ position: string }>(
      `SELECT position FROM ${LIVE_SCHEMA}.checkpoints WHERE projection = ANY ($1) ORDER BY position LIMIT 1`,
      [projections.map(({ name }) => name)],
    );
    return BigInt(rows[0]?.position ?? BEFORE_FIRST);
  }

  private async apply(batch: FeedBatch, from: Position): Promise<void> {
    const { pool, projections } = this.options;
    const { events, steps } = await foldBatch(batch.events, this.folds);
    await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ projection: string; position: string }>(
        `SELECT projection, position FROM ${LIVE_SCHEMA}.checkpoints WHERE projection = ANY ($1)
         ORDER BY projection FOR UPDATE`,
        [projections.map(({ name }) => name)],
      );
      const behind = rows.filter((row) => BigInt(row.position) === from).map((row) => row.projection);
      if (behind.length < rows.length && rows.some((row) => BigInt(row.position) > from)) throw new Overtaken();
      const tables = new TableWriter(client, LIVE_SCHEMA);
      for (const projection of projections) await projection.apply({ events, steps }, tables);
      await client.query(
        `UPDATE ${LIVE_SCHEMA}.checkpoints
         SET position = $2, updated_at = now(), events_applied = events_applied + $3,
             error = NULL, error_position = NULL, error_attempts = 0, error_at = NULL
         WHERE projection = ANY ($1)`,
        [behind, batch.position.toString(), events.length],
      );
    });
  }

  private async recordError(error: unknown): Promise<void> {
    const { pool, projections } = this.options;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await pool
      .query(
        `UPDATE ${LIVE_SCHEMA}.checkpoints SET error = $2, error_attempts = error_attempts + 1, error_at = now()
         WHERE projection = ANY ($1)`,
        [projections.map(({ name }) => name), message.slice(0, 2_000)],
      )
      // The database being away is the likeliest error of all, and it has been reported.
      .catch(() => undefined);
  }
}

export async function foldBatch(
  events: readonly StoredEvent[],
  folds: ThreadFolds,
): Promise<{ readonly events: readonly StoredEvent[]; readonly steps: readonly ThreadStep[] }> {
  const steps: ThreadStep[] = [];
  for (const stored of events) {
    if (isThreadEvent(stored)) steps.push(await folds.step(stored));
  }
  return { events, steps };
}

export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollback: Error) => {
      broken = rollback;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
