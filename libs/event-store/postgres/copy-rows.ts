import pg from 'pg';
import { COPIED_FIELDS, type CopiedEvents } from './copied-events.js';

/** A query for events that come as COPY sends them, a message each instead of thirteen values, into `events`. */
export class CopyRows extends pg.Query {
  constructor(
    private readonly events: CopiedEvents,
    /** What follows FROM, without parameters, as COPY takes none. */
    rest: string,
    /** In milliseconds, as pg reads it from whatever it runs. */
    readonly query_timeout: number,
  ) {
    super(`COPY (SELECT ${COPIED_FIELDS} FROM ${rest}) TO STDOUT (FORMAT binary)`);
  }

  /** pg calls it with each message, in a buffer that it will use again. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.events.add(chunk);
  }
}
