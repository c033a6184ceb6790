import type { ClientBase } from 'pg';
import type { Position, StoredEvent } from '#event-store';
import { LIVE_SCHEMA } from '../projection/checkpoints.js';
import type { Projection } from '../projection/projection.js';
import { Blockade } from './blockade.js';
import { type ParkedEvent, type ParkedEventRow, type ParkedState, parkedEvent } from './parked-event.js';

export const PARKED_TABLE = 'parked_events';
const MESSAGE_CHARACTERS = 2_000;
const STACK_CHARACTERS = 8_000;

/**
 * What one projection holds back, in one transaction. Whoever writes holds the lock on the projection's checkpoint, so
 * that the projector, a retry and a rebuild never decide about the same stream at once.
 */
export class ParkedTable {
  private readonly table: string;
  private readonly projection: string;

  constructor(
    private readonly client: ClientBase,
    /** The live one, or that of a rebuild. */
    schema: string,
    private readonly of: Pick<Projection, 'name' | 'waits'>,
  ) {
    this.table = `${schema}.${PARKED_TABLE}`;
    this.projection = of.name;
  }

  async blockade(): Promise<Blockade> {
    const { rows } = await this.client.query<{ stream: string }>(
      `SELECT DISTINCT stream FROM ${this.table} WHERE projection = $1 AND state <> 'dropped'`,
      [this.projection],
    );
    return new Blockade(this.of, new Set(rows.map(({ stream }) => stream)));
  }

  /**
   * The event has failed. One that the live tables go without, by an administrator's decision, stays dropped when a
   * rebuild cannot apply it either.
   */
  async park(stored: StoredEvent, error: unknown): Promise<ParkedState> {
    const { name, message, stack } = describe(error);
    const { rows } = await this.client.query<{ state: ParkedState }>(
      `INSERT INTO ${this.table} AS p (parked_id, projection, position, state, event_id, event_type, stream, revision,
         message, stack, attempts, first_at, last_at, dropped_by_id, dropped_by_name, drop_reason, dropped_at)
       SELECT coalesce(l.parked_id, gen_random_uuid()), n.projection, n.position,
         CASE l.state WHEN 'dropped' THEN 'dropped' ELSE 'parked' END, $3, $4, $5, $6, $7, $8,
         coalesce(l.attempts, 0) + 1, coalesce(l.first_at, now()), now(),
         l.dropped_by_id, l.dropped_by_name, l.drop_reason, l.dropped_at
       FROM (VALUES ($1::text, $2::numeric)) AS n (projection, position)
         LEFT JOIN ${LIVE_SCHEMA}.${PARKED_TABLE} l USING (projection, position)
       ON CONFLICT (projection, position) DO UPDATE SET state = excluded.state, message = excluded.message,
         stack = excluded.stack, attempts = excluded.attempts, last_at = excluded.last_at
       RETURNING p.state`,
      [
        this.projection,
        stored.position.toString(),
        stored.id,
        stored.event.type,
        stored.stream,
        stored.revision.toString(),
        storable(`${name}: ${message}`, MESSAGE_CHARACTERS),
        stack === undefined ? null : storable(stack, STACK_CHARACTERS),
      ],
    );
    return rows[0]?.state ?? 'parked';
  }

  /** They come after one that is parked. */
  async wait(events: readonly StoredEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.client.query(
      `INSERT INTO ${this.table} (parked_id, projection, position, state, event_id, event_type, stream, revision,
         attempts, first_at, last_at)
       SELECT gen_random_uuid(), $1, position, 'waiting', event_id, event_type, stream, revision, 0, now(), now()
       FROM unnest($2::numeric[], $3::uuid[], $4::text[], $5::text[], $6::bigint[])
         AS n (position, event_id, event_type, stream, revision)
       ON CONFLICT (projection, position) DO NOTHING`,
      [
        this.projection,
        events.map(({ position }) => position.toString()),
        events.map(({ id }) => id),
        events.map(({ event }) => event.type),
        events.map(({ stream }) => stream),
        events.map(({ revision }) => revision.toString()),
      ],
    );
  }

  /** The parked one of a stream, and those that wait behind it; where the whole log waits, that is one line. */
  async line(stream: string, limit: number): Promise<readonly ParkedEvent[]> {
    const { rows } = await this.client.query<ParkedEventRow>(
      `SELECT * FROM ${this.table} WHERE projection = $1 AND ($4 OR stream = $2) AND state <> 'dropped'
       ORDER BY position LIMIT $3`,
      [this.projection, stream, limit, this.of.waits === 'log'],
    );
    return rows.map(parkedEvent);
  }

  /** They are applied now. */
  async release(positions: readonly Position[]): Promise<void> {
    await this.client.query(`DELETE FROM ${this.table} WHERE projection = $1 AND position = ANY ($2::numeric[])`, [
      this.projection,
      positions.map(String),
    ]);
  }

  async drop({ parkedId }: ParkedEvent, by: { readonly id: string; readonly name: string }, reason: string) {
    await this.client.query(
      `UPDATE ${this.table} SET state = 'dropped', dropped_by_id = $2, dropped_by_name = $3, drop_reason = $4,
         dropped_at = now()
       WHERE parked_id = $1`,
      [parkedId, by.id, by.name, reason],
    );
  }

  /** Of a rebuild: what was dropped meanwhile is dropped here too. Answers the streams that may go on. */
  async takeOverDrops(): Promise<readonly string[]> {
    const { rows } = await this.client.query<{ stream: string }>(
      `UPDATE ${this.table} p SET state = 'dropped', dropped_by_id = l.dropped_by_id,
         dropped_by_name = l.dropped_by_name, drop_reason = l.drop_reason, dropped_at = l.dropped_at
       FROM ${LIVE_SCHEMA}.${PARKED_TABLE} l
       WHERE p.projection = $1 AND p.state = 'parked' AND l.projection = p.projection AND l.position = p.position
         AND l.state = 'dropped'
       RETURNING p.stream`,
      [this.projection],
    );
    return rows.map(({ stream }) => stream);
  }

  /** Of a rebuild: it takes the place of the live one. */
  async replaceLive(): Promise<void> {
    const live = `${LIVE_SCHEMA}.${PARKED_TABLE}`;
    await this.client.query(`DELETE FROM ${live} WHERE projection = $1`, [this.projection]);
    await this.client.query(`INSERT INTO ${live} SELECT * FROM ${this.table} WHERE projection = $1`, [this.projection]);
  }

  /** Notes in the checkpoint how many are held, after any change. */
  async count(): Promise<void> {
    await this.client.query(
      `UPDATE ${LIVE_SCHEMA}.checkpoints SET held = (
         SELECT count(*) FROM ${LIVE_SCHEMA}.${PARKED_TABLE} WHERE projection = $1 AND state <> 'dropped')
       WHERE projection = $1`,
      [this.projection],
    );
  }
}

function describe(error: unknown): { readonly name: string; readonly message: string; readonly stack?: string } {
  return error instanceof Error ? error : { name: 'Error', message: String(error) };
}

/** PostgreSQL keeps no NUL, and an error may well be about one. */
function storable(text: string, characters: number): string {
  return text.replaceAll('\u0000', '\u2400').slice(0, characters);
}
