import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { LIVE_SCHEMA } from './checkpoints.js';
import { LEASED_UNTIL } from './lease-time.js';
import type { Projection } from './projection.js';

const TABLE = `${LIVE_SCHEMA}.checkpoints`;
export const RENEW_MS = 1_000;
/** How often one that stands by looks whether a lease has run out. */
export const STANDBY_MS = 250;

/** By projection, the token under which this process may write. */
export type Tokens = ReadonlyMap<string, bigint>;

/** What one projector process holds of the projections, so that each is run by one at a time. */
export class Leases {
  /** Names the process, for whoever looks. */
  readonly owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;

  constructor(private readonly pool: Pool) {}

  /** Those that nobody else holds. A row that somebody is writing to is left to him. */
  async take(projections: readonly Projection[]): Promise<Tokens> {
    const { rows } = await this.pool.query<TokenRow>(
      `WITH free AS (
         SELECT projection FROM ${TABLE}
         WHERE projection = ANY ($1) AND (lease_owner = $2 OR leased_until IS NULL OR leased_until < clock_timestamp())
         ORDER BY projection FOR UPDATE SKIP LOCKED)
       UPDATE ${TABLE} c SET lease_owner = $2, lease_token = c.lease_token + 1, leased_until = ${LEASED_UNTIL}
       FROM free WHERE c.projection = free.projection RETURNING c.projection, c.lease_token`,
      [projections.map(({ name }) => name), this.owner],
    );
    return new Map(rows.map(({ projection, lease_token }) => [projection, BigInt(lease_token)]));
  }

  /** False: one of them has gone to another process. */
  async renew(tokens: Tokens): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `WITH own AS (${inOrder('(projection, lease_token) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))')})
       UPDATE ${TABLE} c SET leased_until = ${LEASED_UNTIL} FROM own WHERE c.projection = own.projection`,
      [[...tokens.keys()], [...tokens.values()].map(String)],
    );
    return rowCount === tokens.size;
  }

  /** Whether one of the projections could be taken. */
  async isAnyFree(projections: readonly Projection[]): Promise<boolean> {
    const { rows } = await this.pool.query(
      `SELECT FROM ${TABLE} WHERE projection = ANY ($1) AND (leased_until IS NULL OR leased_until < clock_timestamp())
       LIMIT 1`,
      [projections.map(({ name }) => name)],
    );
    return rows.length > 0;
  }

  /** At the end, so that nobody has to wait. */
  async release(): Promise<void> {
    await this.pool.query(
      `WITH own AS (${inOrder('lease_owner = $1')})
       UPDATE ${TABLE} c SET lease_owner = NULL, leased_until = NULL FROM own WHERE c.projection = own.projection`,
      [this.owner],
    );
  }
}

/** Rows are locked as a batch locks them: in another order, the two would wait for each other. */
function inOrder(condition: string): string {
  return `SELECT projection FROM ${TABLE} WHERE ${condition} ORDER BY projection FOR UPDATE`;
}

interface TokenRow {
  readonly projection: string;
  readonly lease_token: string;
}
