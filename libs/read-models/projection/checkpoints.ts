import type { ClientBase, Pool } from 'pg';
import { BEFORE_FIRST, type Position, type StoredEvent } from '#event-store';
import { LEASED_UNTIL } from './lease-time.js';
import type { LogOrigin } from './log-origin.js';
import type { Projection } from './projection.js';

export const LIVE_SCHEMA = 'read_models';
const TABLE = `${LIVE_SCHEMA}.checkpoints`;

export interface Checkpoint {
  readonly projection: string;
  /** That the tables were built with. */
  readonly version: number;
  readonly position: Position;
  /** Since the first, by whatever build: all that stand up to the position, held ones too. */
  readonly eventsApplied: number;
  /** Events up to the position that are parked or wait behind one that is. */
  readonly held: number;
  /** Of whoever may write now. */
  readonly leaseToken: bigint;
  /** Of the log that they were applied from; null before the first. */
  readonly origin: LogOrigin | null;
}

type Queryable = Pick<Pool | ClientBase, 'query'>;

/** Those of new projections are made, before the first event. */
export async function readCheckpoints(
  pool: Queryable,
  projections: readonly Projection[],
): Promise<ReadonlyMap<string, Checkpoint>> {
  await pool.query(
    `INSERT INTO ${TABLE} (projection, version, position, updated_at)
     SELECT name, version, $3, now() FROM unnest($1::text[], $2::integer[]) AS new (name, version)
     ON CONFLICT (projection) DO NOTHING`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version), BEFORE_FIRST.toString()],
  );
  return select(pool, projections, '');
}

/** Holds them until the transaction ends, always in the same order, so that two projectors never wait for each other. */
export async function lockCheckpoints(
  client: ClientBase,
  projections: readonly Projection[],
): Promise<ReadonlyMap<string, Checkpoint>> {
  return select(client, projections, 'FOR UPDATE');
}

async function select(
  client: Queryable,
  projections: readonly Projection[],
  lock: '' | 'FOR UPDATE',
): Promise<ReadonlyMap<string, Checkpoint>> {
  const { rows } = await client.query<CheckpointRow>({
    name: `checkpoints ${lock}`,
    text: `SELECT projection, version, position, events_applied, held, lease_token, log_origin FROM ${TABLE} WHERE projection = ANY ($1) ORDER BY projection ${lock}`,
    values: [projections.map(({ name }) => name)],
  });
  return new Map(
    rows.map(({ projection, version, position, events_applied, held, lease_token, log_origin }) => [
      projection,
      {
        projection,
        version,
        position: BigInt(position),
        eventsApplied: Number(events_applied),
        held,
        leaseToken: BigInt(lease_token),
        origin: log_origin,
      },
    ]),
  );
}

interface CheckpointRow {
  readonly projection: string;
  readonly version: number;
  readonly position: string;
  readonly events_applied: string;
  readonly held: number;
  readonly lease_token: string;
  readonly log_origin: string | null;
}

/** Tables of a build that did not note it yet are of the log that is there. */
export async function adoptOrigin(
  pool: Queryable,
  projections: readonly Projection[],
  origin: LogOrigin,
): Promise<void> {
  await pool.query(
    `UPDATE ${TABLE} SET log_origin = $2 WHERE projection = ANY ($1) AND log_origin IS NULL AND position >= 0`,
    [projections.map(({ name }) => name), origin],
  );
}

export interface Advance {
  readonly to: Position;
  /** Noted with the first events that are applied. */
  readonly origin: LogOrigin | null;
  readonly events: number;
  /** As measured over the last seconds of work. */
  readonly eventsPerSecond: number | null;
}

export async function advanceCheckpoints(
  client: ClientBase,
  projections: readonly Projection[],
  { to, origin, events, eventsPerSecond }: Advance,
): Promise<void> {
  await client.query({
    name: 'checkpoints advance',
    text: `UPDATE ${TABLE} SET position = $2, updated_at = now(), leased_until = ${LEASED_UNTIL}, events_applied = events_applied + $3,
       events_per_second = coalesce($4, events_per_second), log_origin = coalesce(log_origin, $5),
       error = NULL, error_position = NULL, error_event_id = NULL, error_attempts = 0, error_at = NULL
     WHERE projection = ANY ($1)`,
    values: [projections.map(({ name }) => name), to.toString(), events, eventsPerSecond, origin],
  });
}

/** For `projections status`: the projection stands still, and why. */
export async function recordFailure(
  pool: Queryable,
  projections: readonly Projection[],
  error: unknown,
  stored: StoredEvent | null,
): Promise<void> {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  await pool.query(
    `UPDATE ${TABLE} SET error = $2, error_position = $3, error_event_id = $4,
       error_attempts = error_attempts + 1, error_at = now()
     WHERE projection = ANY ($1)`,
    [
      projections.map(({ name }) => name),
      message.slice(0, 2_000),
      stored?.position.toString() ?? null,
      stored?.id ?? null,
    ],
  );
}

/** Why its tables are not for this build to write, unless they have been rebuilt since that was found. */
export async function recordObstacle(pool: Queryable, obstacle: Error, found: Checkpoint): Promise<void> {
  await pool.query(
    `UPDATE ${TABLE} SET error = $2, error_position = NULL, error_event_id = NULL,
       error_attempts = error_attempts + 1, error_at = now()
     WHERE projection = $1 AND version = $3 AND position = $4 AND log_origin IS NOT DISTINCT FROM $5`,
    [
      found.projection,
      `${obstacle.name}: ${obstacle.message}`.slice(0, 2_000),
      found.version,
      found.position.toString(),
      found.origin,
    ],
  );
}
