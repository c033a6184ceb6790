import type { Pool } from 'pg';
import type { Instant } from '#domain';
import type { Actor } from '#event-store';
import { LIVE_SCHEMA } from '../projection/checkpoints.js';
import type { Projection } from '../projection/projection.js';
import { PROJECTIONS } from '../projections.js';
import { RebuildUnderWay, rebuildLock } from './rebuild.js';

const TABLE = `${LIVE_SCHEMA}.rebuilds`;

/** `interrupted`: whoever ran it is gone; a projector goes on with it. `failed`: it would fail again. */
export const REBUILD_STATES = ['requested', 'running', 'interrupted', 'failed'] as const;
export type RebuildState = (typeof REBUILD_STATES)[number];

export interface RebuildStatus {
  readonly state: RebuildState;
  /** That is being built. */
  readonly version: number;
  readonly eventsDone: number;
  /** 0 before the first batch. */
  readonly eventsTotal: number;
  readonly eventsPerSecond: number | null;
  /** Null: it does not run, or has not run for long enough to say. */
  readonly secondsLeft: number | null;
  /** Who asked for it: `key:<uuid>`, or `system:<name>`. */
  readonly requestedBy: string;
  readonly requestedByName: string;
  readonly startedAt: Instant;
  readonly updatedAt: Instant;
  readonly error: string | null;
}

/** Noted before it is carried out. */
export interface RebuildRequest {
  readonly by: Actor;
  readonly projection: string;
}

/** What an operator sees of rebuilds, and how he asks for one: a projector carries it out. */
export class Rebuilds {
  constructor(
    private readonly pool: Pool,
    private readonly record: (request: RebuildRequest) => Promise<void>,
  ) {}

  /** @throws RebuildUnderWay */
  async request(projection: Projection, by: Actor): Promise<void> {
    await this.record({ by, projection: projection.name });
    await this.pool.query(`DELETE FROM ${TABLE} WHERE projection = $1 AND state = 'failed'`, [projection.name]);
    const { rowCount } = await this.pool.query(
      `INSERT INTO ${TABLE} (projection, version, state, requested_by, requested_by_name)
       VALUES ($1, $2, 'requested', $3, $4)
       ON CONFLICT (projection) DO NOTHING`,
      [projection.name, projection.version, by.id, by.name],
    );
    if (rowCount === 0) throw new RebuildUnderWay(projection.name);
  }

  /** Those that are not done, by projection. */
  async all(): Promise<ReadonlyMap<string, RebuildStatus>> {
    const { rows } = await this.pool.query<RebuildRow>(`SELECT *, ${isHeld('projection')} AS held FROM ${TABLE}`);
    return new Map(rows.map((row) => [row.projection, statusOf(row)]));
  }
}

/**
 * Projections of this build that somebody is to rebuild: asked for, cut off, or with tables of an earlier version. One
 * that failed waits for somebody to ask again; tables of a later version are not for this build to replace.
 */
export async function dueRebuilds(pool: Pool, projections = PROJECTIONS): Promise<readonly Projection[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT k.name FROM unnest($1::text[], $2::integer[]) AS k (name, version)
       LEFT JOIN ${LIVE_SCHEMA}.checkpoints c ON c.projection = k.name
       LEFT JOIN ${TABLE} r ON r.projection = k.name
     WHERE coalesce(c.version, 0) <= k.version AND coalesce(r.version, 0) <= k.version
       AND (r.state IN ('requested', 'running')
         OR c.version < k.version AND (r.state IS NULL OR r.version < k.version))
       AND NOT ${isHeld('k.name')}`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version)],
  );
  return projections.filter(({ name }) => rows.some((row) => row.name === name));
}

/** Whether anybody is at it: the lock ends with the process, so no clock is asked. */
function isHeld(projection: string): string {
  return `EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32) | l.objid::bigint = ${rebuildLock(projection)})`;
}

interface RebuildRow {
  readonly projection: string;
  readonly version: number;
  readonly state: 'requested' | 'running' | 'failed';
  readonly events_done: string;
  readonly events_total: string;
  readonly events_per_second: number | null;
  readonly requested_by: string;
  readonly requested_by_name: string | null;
  readonly started_at: Date;
  readonly updated_at: Date;
  readonly error: string | null;
  readonly held: boolean;
}

function statusOf(row: RebuildRow): RebuildStatus {
  const [done, total] = [Number(row.events_done), Number(row.events_total)];
  const rate = row.events_per_second;
  const runs = row.state === 'running' && row.held;
  return {
    state: row.state === 'running' && !row.held ? 'interrupted' : row.state,
    version: row.version,
    eventsDone: done,
    eventsTotal: total,
    eventsPerSecond: rate,
    secondsLeft: runs && rate !== null && rate > 0 ? Math.ceil(Math.max(0, total - done) / rate) : null,
    requestedBy: row.requested_by,
    requestedByName: row.requested_by_name ?? row.requested_by,
    startedAt: row.started_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    error: row.error,
  };
}
