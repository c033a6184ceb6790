import type { Pool } from 'pg';
import { LIVE_SCHEMA } from '../projection/checkpoints.js';
import { SharedLook } from './shared-look.js';

/**
 * Tells whether anything in the read models has changed. Whoever writes a table of a projection moves the projection's
 * checkpoint in the same transaction, be it a projector, a rebuild that swaps tables or the release of what was parked:
 * as long as the rows of the checkpoints are the same versions of rows, so is all that was read beside them.
 */
export class Generations {
  private readonly looks: SharedLook<null, number>;
  private stamp = '';
  private generation = 0;

  constructor(pool: Pool) {
    this.looks = new SharedLook(async () => this.of(await stampIn(pool)));
  }

  /**
   * A number that is never the same again once anything has changed; it may change for nothing.
   * @throws what the database said
   */
  now(): Promise<number> {
    return this.looks.ask(null);
  }

  private of(stamp: string): number {
    if (stamp !== this.stamp) this.generation += 1;
    this.stamp = stamp;
    return this.generation;
  }
}

async function stampIn(pool: Pool): Promise<string> {
  const { rows } = await pool.query<[string | null]>({ name: 'generation', text: STATEMENT, rowMode: 'array' });
  return rows[0]?.[0] ?? '';
}

/** The version of each row, and its content beside it: after a crash the database may count transactions anew. */
const STATEMENT = `
  SELECT string_agg(concat_ws(' ', projection, xmin, ctid, position, updated_at), ',' ORDER BY projection)
  FROM ${LIVE_SCHEMA}.checkpoints`;
