import type { ClientBase, Pool } from 'pg';
import type { Actor, Position } from '#event-store';
import { LIVE_SCHEMA } from '../projection/checkpoints.js';
import type { LogOrigin } from '../projection/log-origin.js';
import type { Projection } from '../projection/projection.js';

const TABLE = `${LIVE_SCHEMA}.rebuilds`;

/** How far a rebuild has come. */
export interface RebuildProgress {
  readonly position: Position;
  readonly eventsDone: number;
  readonly eventsTotal: number;
  readonly eventsPerSecond: number | null;
}

type Queryable = Pick<Pool | ClientBase, 'query'>;

/** The one row in which a rebuild says how far it is, so that another process can show it, or go on with it. */
export class RebuildRecord {
  constructor(private readonly projection: Pick<Projection, 'name' | 'version'>) {}

  /** Where a rebuild of this very version, from this very log, was cut off; null: there is none. */
  async cutOffAt(
    client: Queryable,
    origin: LogOrigin | null,
  ): Promise<Pick<RebuildProgress, 'position' | 'eventsDone'> | null> {
    const { rows } = await client.query<{ position: string; events_done: string }>(
      `SELECT position, events_done FROM ${TABLE}
       WHERE projection = $1 AND version = $2 AND state = 'running' AND log_origin IS NOT DISTINCT FROM $3`,
      [this.projection.name, this.projection.version, origin],
    );
    const [row] = rows;
    return row === undefined ? null : { position: BigInt(row.position), eventsDone: Number(row.events_done) };
  }

  /** From the first event on. Who asked for it is kept. */
  async begin(client: Queryable, requestedBy: Actor, origin: LogOrigin | null): Promise<void> {
    await client.query(
      `INSERT INTO ${TABLE} AS r (projection, version, state, requested_by, requested_by_name, log_origin)
       VALUES ($1, $2, 'running', $3, $4, $5)
       ON CONFLICT (projection) DO UPDATE SET version = excluded.version, state = 'running', position = -1,
         events_done = 0, events_total = 0, events_per_second = NULL, started_at = now(), updated_at = now(),
         error = NULL, log_origin = excluded.log_origin,
         requested_by = CASE r.state WHEN 'requested' THEN r.requested_by ELSE excluded.requested_by END,
         requested_by_name = CASE r.state WHEN 'requested' THEN r.requested_by_name ELSE excluded.requested_by_name END`,
      [this.projection.name, this.projection.version, requestedBy.id, requestedBy.name, origin],
    );
  }

  /** In the transaction of the rows that were written. */
  async advance(client: Queryable, progress: RebuildProgress): Promise<void> {
    await client.query(
      `UPDATE ${TABLE} SET position = $2, events_done = $3, events_total = $4, events_per_second = $5,
         updated_at = now() WHERE projection = $1`,
      [
        this.projection.name,
        progress.position.toString(),
        progress.eventsDone,
        progress.eventsTotal,
        progress.eventsPerSecond,
      ],
    );
  }

  /** It would fail again: nobody goes on with it by himself. */
  async fail(client: Queryable, error: unknown): Promise<void> {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await client.query(`UPDATE ${TABLE} SET state = 'failed', error = $2, updated_at = now() WHERE projection = $1`, [
      this.projection.name,
      message.replaceAll('\u0000', '\u2400').slice(0, 2_000),
    ]);
  }

  async end(client: Queryable): Promise<void> {
    await client.query(`DELETE FROM ${TABLE} WHERE projection = $1`, [this.projection.name]);
  }
}
