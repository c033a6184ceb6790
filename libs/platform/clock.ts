import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** The time of this process. A class, so that it is its own injection token. */
export abstract class Clock {
  /** As `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  abstract now(): string;
}

export class SystemClock extends Clock {
  now(): string {
    return new Date().toISOString();
  }
}

/** UUIDv7: ordered by time to the millisecond, in lower case. */
export function newId(): string {
  return v7({ rng: nextRandom });
}

const ID_BYTES = 16;
/** To ask the system for random bytes costs more than all the rest of an id, so it is asked for many at a time. */
const pool = new Uint8Array(ID_BYTES * 256);
let used = pool.length;

function nextRandom(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.subarray(used - ID_BYTES, used);
}
