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

/** UUIDv7: ordered by time, in lower case. */
export function newId(): string {
  return v7();
}
