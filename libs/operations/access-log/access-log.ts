import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

/** What is worth a line: it shows or takes out what is not for everybody, or decides what the read models show. */
export type AccessAction =
  | 'source_identity.read'
  | 'source_identity.sealed'
  | 'source_identity.erased'
  | 'evidence.exported'
  | 'parked_event.retried'
  | 'parked_event.dropped';

export interface Access {
  /** `key:<uuid>`, or `system:<name>`. */
  readonly actor: { readonly id: string; readonly name: string };
  readonly action: AccessAction;
  /** What it was about, such as `source-<uuid>` or `thread-<uuid>`: the name of its stream. */
  readonly subject: string;
  /** Small facts, such as a reason or a count. Never what was seen. */
  readonly detail?: Readonly<Record<string, unknown>>;
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
}
