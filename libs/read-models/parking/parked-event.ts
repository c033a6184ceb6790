import type { Instant } from '#domain';
import type { Position, Revision } from '#event-store';

/**
 * `parked`: it could not be applied. `waiting`: it comes after one of its stream that is parked. `dropped`: an
 * administrator decided that the projection goes without it.
 */
export const PARKED_STATES = ['parked', 'waiting', 'dropped'] as const;
export type ParkedState = (typeof PARKED_STATES)[number];

/** One event that one projection has not applied although it has gone past it. */
export interface ParkedEvent {
  readonly parkedId: string;
  readonly projection: string;
  readonly state: ParkedState;
  readonly eventId: string;
  readonly eventType: string;
  readonly stream: string;
  readonly revision: Revision;
  readonly position: Position;
  /** What the last attempt threw; null of one that waits and was never tried. */
  readonly message: string | null;
  readonly stack: string | null;
  readonly attempts: number;
  /** When it was parked, or began to wait. */
  readonly firstAt: Instant;
  /** When it was last tried. */
  readonly lastAt: Instant;
  readonly dropped: Dropped | null;
}

export interface Dropped {
  readonly by: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly at: Instant;
}

export interface ParkedEventRow {
  readonly parked_id: string;
  readonly projection: string;
  readonly state: ParkedState;
  readonly event_id: string;
  readonly event_type: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly message: string | null;
  readonly stack: string | null;
  readonly attempts: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly dropped_by_id: string | null;
  readonly dropped_by_name: string | null;
  readonly drop_reason: string | null;
  readonly dropped_at: Date | null;
}

export function parkedEvent(row: ParkedEventRow): ParkedEvent {
  const { dropped_by_id: id, dropped_by_name: name, drop_reason: reason, dropped_at: at } = row;
  return {
    parkedId: row.parked_id,
    projection: row.projection,
    state: row.state,
    eventId: row.event_id,
    eventType: row.event_type,
    stream: row.stream,
    revision: BigInt(row.revision),
    position: BigInt(row.position),
    message: row.message,
    stack: row.stack,
    attempts: row.attempts,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    dropped:
      at === null ? null : { by: { id: id ?? '', name: name ?? '' }, reason: reason ?? '', at: at.toISOString() },
  };
}
