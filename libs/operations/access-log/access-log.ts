import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

/**
 * What is worth a line: it shows or takes out what is not for everybody, decides what the read models show, or changes
 * who may do what.
 */
export type AccessAction =
  | 'source_identity.read'
  | 'source_identity.sealed'
  | 'source_identity.erased'
  | 'evidence.exported'
  | 'parked_event.retried'
  | 'parked_event.dropped'
  | 'key.created'
  | 'key.revoked'
  | 'import.voided'
  | 'rebuild.started'
  | 'policy.adopted';

export interface Access {
  /** `key:<uuid>`, or `system:<name>`. */
  readonly actor: { readonly id: string; readonly name: string };
  readonly action: AccessAction;
  /** What it was about, such as `source-<uuid>` or `thread-<uuid>`: the name of its stream. */
  readonly subject: string;
  /** Small facts, such as a reason or a count. Never what was seen. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AccessEntry extends Required<Access> {
  readonly id: string;
  /** To the microsecond, so that it sorts and pages as text. */
  readonly at: string;
}

export interface AccessRange {
  /** UTC days, `YYYY-MM-DD`, both included. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  /** `at` and id of the last line seen. */
  readonly before: readonly [string, string] | null;
  /** Only lines about such, as `thread-`. All when left out. */
  readonly subjectPrefix?: string;
}

/** Who looked at what, and when. Lines are added and read, and never changed. */
export class AccessLog {
  constructor(private readonly pool: Pool) {}

  /** Before the thing itself is handed out: what cannot be noted is not shown. */
  async record({ actor, action, subject, detail = {} }: Access): Promise<void> {
    await this.pool.query(
      `INSERT INTO operations.access_log (id, actor_id, actor_name, action, subject, detail)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [uuidv7(), actor.id, actor.name, action, subject, JSON.stringify(detail)],
    );
  }

  /** The newest first. */
  async list({ from, to, limit, before, subjectPrefix }: AccessRange): Promise<readonly AccessEntry[]> {
    const { rows } = await this.pool.query<AccessEntry>(
      `SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
         json_build_object('id', actor_id, 'name', actor_name) AS actor, action, subject, detail
       FROM operations.access_log
       WHERE at >= ($1::date)::timestamp AT TIME ZONE 'UTC' AND at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
         AND ($3::timestamptz IS NULL OR (at, id) < ($3::timestamptz, $4::uuid))
         AND ($6::text IS NULL OR starts_with(subject, $6))
       ORDER BY at DESC, id DESC LIMIT $5`,
      [from, to, before?.[0] ?? null, before?.[1] ?? null, limit, subjectPrefix ?? null],
    );
    return rows;
  }
}
