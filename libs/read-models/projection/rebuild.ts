import type { Pool } from 'pg';
import { BEFORE_FIRST, type EventStore, type Position, type StoredEvent } from '#event-store';
import { type Projection, TableWriter } from './projection.js';
import { foldBatch, inTransaction, LIVE_SCHEMA } from './projector.js';
import { ThreadFolds } from './thread-folds.js';

export interface RebuildOptions {
  readonly store: EventStore;
  /** Connected as the owner: tables are made and dropped. */
  readonly ownerPool: Pool;
  readonly projection: Projection;
  readonly onProgress?: (done: Position, head: Position) => void;
}

const BATCH = 1_000;

/**
 * Builds the tables of a projection anew beside the old ones, while those go on being read and written, and swaps them
 * in one transaction at just the position that the live ones have reached. Cut off, it leaves the old ones as they are.
 */
export async function rebuild({ store, ownerPool, projection, onProgress }: RebuildOptions): Promise<void> {
  const schema = `read_models_rebuild_${projection.name.replaceAll('-', '_')}`;
  const tables = projection.entities.map((entity) => entity.options.tableName ?? '');
  await ownerPool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`);
  for (const table of tables) {
    await ownerPool.query(`CREATE TABLE ${schema}.${table} (LIKE ${LIVE_SCHEMA}.${table} INCLUDING ALL)`);
  }
  const folds = new ThreadFolds(store);
  const fill = async (after: Position, until: Position): Promise<void> => {
    for await (const events of batches(store, after, until)) {
      const batch = await foldBatch(events, folds);
      await inTransaction(ownerPool, (client) => projection.apply(batch, new TableWriter(client, schema)));
      onProgress?.(events.at(-1)?.position ?? until, until);
    }
  };

  const reached = await liveCheckpoint(ownerPool, projection.name);
  await fill(BEFORE_FIRST, reached);
  await inTransaction(ownerPool, async (client) => {
    // The live projector waits here until the swap is done.
    const { rows } = await client.query<{ position: string }>(
      `SELECT position FROM ${LIVE_SCHEMA}.checkpoints WHERE projection = $1 FOR UPDATE`,
      [projection.name],
    );
    const live = BigInt(rows[0]?.position ?? reached);
    const writer = new TableWriter(client, schema);
    for await (const events of batches(store, reached, live))
      await projection.apply(await foldBatch(events, folds), writer);
    for (const table of tables) {
      await client.query(`DROP TABLE ${LIVE_SCHEMA}.${table}`);
      await client.query(`ALTER TABLE ${schema}.${table} SET SCHEMA ${LIVE_SCHEMA}`);
      await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${LIVE_SCHEMA}.${table} TO storyledger_app`);
    }
    await client.query(`UPDATE ${LIVE_SCHEMA}.checkpoints SET version = $2 WHERE projection = $1`, [
      projection.name,
      projection.version,
    ]);
    await client.query(`DROP SCHEMA ${schema}`);
  });
}

async function liveCheckpoint(pool: Pool, name: string): Promise<Position> {
  const { rows } = await pool.query<{ position: string }>(
    `SELECT position FROM ${LIVE_SCHEMA}.checkpoints WHERE projection = $1`,
    [name],
  );
  return BigInt(rows[0]?.position ?? BEFORE_FIRST);
}

async function* batches(store: EventStore, after: Position, until: Position): AsyncIterable<readonly StoredEvent[]> {
  let batch: StoredEvent[] = [];
  for await (const stored of store.readAll({ after, until })) {
    batch.push(stored);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
