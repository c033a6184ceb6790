import type { Pool } from 'pg';
import type { EventStore } from '#event-store';
import type { Page, PageRequest } from '../paging/keyset-page.js';
import { LIVE_SCHEMA, lockCheckpoints } from '../projection/checkpoints.js';
import type { Projection } from '../projection/projection.js';
import { inTransaction } from '../projection/transaction.js';
import { PROJECTIONS } from '../projections.js';
import { type ParkedEvent, type ParkedEventRow, type ParkedState, parkedEvent } from './parked-event.js';
import { PARKED_TABLE, ParkedTable } from './parked-table.js';
import { ParkingRefusal } from './parking-refusal.js';
import { mayGoOn, releaseBatch } from './release.js';

const TABLE = `${LIVE_SCHEMA}.${PARKED_TABLE}`;

export interface ParkedFilter {
  readonly projection?: readonly string[];
  readonly state?: readonly ParkedState[];
}

/** Noted before it is carried out: what cannot be recorded is not done. */
export interface ParkingDecision {
  readonly by: Operator;
  readonly action: 'parked_event.retried' | 'parked_event.dropped';
  readonly event: ParkedEvent;
  /** Of a drop. */
  readonly reason?: string;
}

/** `key:<uuid>` or `system:<name>`, and the name shown for it. */
export interface Operator {
  readonly id: string;
  readonly name: string;
}

export interface ParkedEventsParts {
  readonly pool: Pool;
  readonly store: EventStore;
  readonly record: (decision: ParkingDecision) => Promise<void>;
}

/** What came of a retry or a drop. */
export interface Unparking {
  /** Events that are applied now: the one that was parked, and those that waited behind it. */
  readonly applied: number;
  /** What the stream has come to a stand at now; null: nothing of it is held any more. */
  readonly parked: ParkedEvent | null;
}

/** What an operator sees of the events that projections could not apply, and does about them. */
export class ParkedEvents {
  constructor(
    private readonly parts: ParkedEventsParts,
    private readonly projections: readonly Projection[] = PROJECTIONS,
  ) {}

  /** In the order of the log. */
  async list({ projection, state }: ParkedFilter, { limit, cursor }: PageRequest): Promise<Page<ParkedEvent>> {
    const { rows } = await this.parts.pool.query<ParkedEventRow>(
      `SELECT * FROM ${TABLE}
       WHERE ($1::text[] IS NULL OR projection = ANY ($1)) AND ($2::text[] IS NULL OR state = ANY ($2))
         AND ($3::numeric IS NULL OR (position, projection) > ($3, $4))
       ORDER BY position, projection LIMIT $5`,
      [projection ?? null, state ?? null, cursor?.[0] ?? null, cursor?.[1] ?? '', limit + 1],
    );
    const items = rows.slice(0, limit).map(parkedEvent);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? [last.position.toString(), last.projection] : null;
    return { items, next };
  }

  /** @throws ParkingRefusal */
  async get(parkedId: string): Promise<ParkedEvent> {
    const { rows } = await this.parts.pool.query<ParkedEventRow>(`SELECT * FROM ${TABLE} WHERE parked_id = $1`, [
      parkedId,
    ]);
    if (rows[0] === undefined) throw notParked(parkedId);
    return parkedEvent(rows[0]);
  }

  /**
   * Tries the event again and, when that goes well, those that wait behind it.
   * @throws ParkingRefusal
   */
  async retry(parkedId: string, by: Operator): Promise<Unparking> {
    const event = await this.first(parkedId);
    await this.parts.record({ by, action: 'parked_event.retried', event });
    return this.release(event, async () => undefined);
  }

  /**
   * The projection goes on without the event; those that wait behind it are applied. A rebuild tries it once more.
   * @throws ParkingRefusal
   */
  async drop(parkedId: string, by: Operator, reason: string): Promise<Unparking> {
    const event = await this.first(parkedId);
    await this.parts.record({ by, action: 'parked_event.dropped', event, reason });
    return this.release(event, async (parked) => {
      const [head] = await parked.line(event.stream, 1);
      if (head?.parkedId !== parkedId || head.state !== 'parked') throw notParked(parkedId);
      await parked.drop(head, by, reason);
    });
  }

  /** Only what comes first of its stream can be decided about. */
  private async first(parkedId: string): Promise<ParkedEvent> {
    const event = await this.get(parkedId);
    if (event.state === 'dropped') {
      throw new ParkingRefusal('parked_event_dropped', `${parkedId} was dropped before. A rebuild tries it once more.`);
    }
    const { rows } = await this.parts.pool.query<{ parked_id: string }>(
      `SELECT parked_id FROM ${TABLE} WHERE projection = $1 AND ($4 OR stream = $2) AND state <> 'dropped'
         AND position < $3
       ORDER BY position LIMIT 1`,
      [event.projection, event.stream, event.position.toString(), this.named(event.projection).waits === 'log'],
    );
    if (rows[0] === undefined) return event;
    throw new ParkingRefusal(
      'parked_event_waits',
      `${parkedId} waits behind ${rows[0].parked_id}. Retry or drop that one.`,
    );
  }

  private named(name: string): Projection {
    const projection = this.projections.find((candidate) => candidate.name === name);
    if (projection === undefined) throw otherVersion(name);
    return projection;
  }

  /** The whole line of a stream, a batch in one transaction, until one cannot be applied. */
  private async release(
    { projection: name, stream }: ParkedEvent,
    begin: (parked: ParkedTable) => Promise<void>,
  ): Promise<Unparking> {
    const projection = this.named(name);
    let applied = 0;
    for (let first = true; ; first = false) {
      const released = await inTransaction(this.parts.pool, async (client) => {
        const checkpoint = (await lockCheckpoints(client, [projection])).get(projection.name);
        if (checkpoint?.version !== projection.version) throw otherVersion(projection.name);
        const parked = new ParkedTable(client, LIVE_SCHEMA, projection);
        if (first) await begin(parked);
        const { store } = this.parts;
        const result = await releaseBatch({ client, schema: LIVE_SCHEMA, projection, store }, stream);
        await parked.count();
        return result;
      });
      applied += released.applied;
      if (!mayGoOn(released)) return { applied, parked: released.next };
    }
  }
}

function notParked(parkedId: string): ParkingRefusal {
  return new ParkingRefusal('parked_event_not_found', `No parked event has the id ${parkedId}.`);
}

function otherVersion(projection: string): ParkingRefusal {
  return new ParkingRefusal(
    'projection_version_differs',
    `The tables of ${projection} are of another version than this build writes. Rebuild it, or run the build that does.`,
  );
}
