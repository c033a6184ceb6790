import { type Position as LogPosition, START } from '@kurrent/kurrentdb-client';
import { BEFORE_FIRST, type Position } from '../event-store.js';

const HALF = 64n;
const LOW = (1n << HALF) - 1n;

/**
 * Commit and prepare position as one number: they are compared in this order, and stored together or not at all. At most
 * 2^128, 39 digits.
 */
export function positionOf({ commit, prepare }: LogPosition): Position {
  return (commit << HALF) | prepare;
}

/**
 * Where a read begins whose first event is the one after `position`, or the one at it.
 *
 * @throws RangeError of a position that another store gave: read from here, it would skip events or give them twice
 */
export function readFrom(position: Position): LogPosition | typeof START {
  if (position === BEFORE_FIRST) return START;
  const [commit, prepare] = [position >> HALF, position & LOW];
  if (commit <= 0n || prepare > commit) throw new RangeError(`Position ${position} is not of a KurrentDB log.`);
  return { commit, prepare };
}
