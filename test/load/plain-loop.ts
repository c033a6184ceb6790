import type { Pool } from 'pg';
import type { Contender } from './rounds.js';
import { attribution, WRITERS, WriterStreams } from './workload.js';

/** The log as one would first write it: the same columns and constraints, positions from a sequence. */
export async function createPlainLog(owner: Pool): Promise<void> {
  await owner.query(`
    CREATE SCHEMA bench;
    CREATE TABLE bench.events (LIKE ledger.events INCLUDING ALL);
    ALTER TABLE bench.events ALTER position ADD GENERATED ALWAYS AS IDENTITY`);
}

/** One insert, one transaction: what `position > checkpoint` may miss, and what most programs do. */
export function plainLoop(pool: Pool, connections: number): Contender {
  const writers = Array.from({ length: WRITERS }, () => new WriterStreams());
  return {
    name: `plain loop, ${connections} connections`,
    async append(writer) {
      const stream = writers[writer]?.next();
      if (stream === undefined) throw new RangeError(`There is no writer ${writer}.`);
      const { id, event, context } = attribution();
      await pool.query({
        name: 'plain_insert',
        text: `INSERT INTO bench.events (stream, revision, id, type, schema_version, data, actor_id, actor_name,
                                         correlation_id, causation_id, batch_id, recorded_at)
               VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, now()) RETURNING position`,
        values: [
          stream.name,
          (stream.revision + 1n).toString(),
          id,
          event.type,
          JSON.stringify(event.data),
          context.actor.id,
          context.actor.name,
          context.correlationId,
          context.causationId,
          context.batchId,
        ],
      });
      stream.revision += 1n;
    },
    async count() {
      const { rows } = await pool.query<{ n: string }>('SELECT count(*) AS n FROM bench.events');
      return Number(rows[0]?.n);
    },
  };
}
