import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';

/** A request under an Idempotency-Key. The same key may be in use by another API key: it means another request there. */
export interface IdempotentRequest {
  /** The API key. */
  readonly keyId: string;
  readonly idempotencyKey: string;
  /** SHA-256 of what makes the request the same one. */
  readonly requestHash: Buffer;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The right to carry out a request and to say how it was answered. */
export interface Ticket {
  readonly keyId: string;
  readonly idempotencyKey: string;
  readonly attempt: string;
  /** UUIDv7, the same for every try of the request: all ids that the command makes are derived from it. */
  readonly commandId: string;
  /** False: an earlier try was cut short, and may have appended its events. */
  readonly first: boolean;
}

export type Beginning =
  | { readonly outcome: 'new'; readonly ticket: Ticket }
  | { readonly outcome: 'answered'; readonly answer: StoredAnswer }
  | { readonly outcome: 'in_flight' }
  /** The key was used for another request. */
  | { readonly outcome: 'mismatch' };

export interface IdempotencyOptions {
  /** A try that has not answered after this time is taken to be dead; the next one takes over. */
  readonly takeOverAfterMs?: number;
  readonly keepMs?: number;
}

interface AnswerRow {
  readonly requestHash: Buffer;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: string | null;
}

/**
 * Remembers how requests under an Idempotency-Key were answered. Times are the database's, so that processes agree.
 *
 * A try that dies between its append and its answer leaves its row, and the next try continues under the same command
 * id: its events get the same ids, and the event store takes them for what they are, a retry.
 */
export class IdempotencyAnswers {
  private readonly takeOverAfterMs: number;
  private readonly keepMs: number;

  constructor(
    private readonly pool: Pool,
    options: IdempotencyOptions = {},
  ) {
    this.takeOverAfterMs = options.takeOverAfterMs ?? 30_000;
    this.keepMs = options.keepMs ?? 24 * 60 * 60_000;
  }

  async begin(request: IdempotentRequest): Promise<Beginning> {
    for (;;) {
      const ticket = await this.take(request);
      if (ticket !== null) return { outcome: 'new', ticket };
      const row = await this.read(request);
      // Purged or forgotten since: take it now.
      if (row === null) continue;
      if (!row.requestHash.equals(request.requestHash)) return { outcome: 'mismatch' };
      if (row.status === null) return { outcome: 'in_flight' };
      return { outcome: 'answered', answer: { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' } };
    }
  }

  /** False: another try has taken over, and answers in this one's place. */
  async complete(ticket: Ticket, answer: StoredAnswer): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE operations.idempotency_answers SET status = $4, headers = $5, body = $6
       WHERE key_id = $1 AND idempotency_key = $2 AND attempt = $3 AND status IS NULL`,
      [ticket.keyId, ticket.idempotencyKey, ticket.attempt, answer.status, JSON.stringify(answer.headers), answer.body],
    );
    return rowCount === 1;
  }

  /** The try ended without an answer to keep. The next one may start at once, under the same command id. */
  async abandon(ticket: Ticket): Promise<void> {
    await this.pool.query(
      `UPDATE operations.idempotency_answers SET started_at = '-infinity'
       WHERE key_id = $1 AND idempotency_key = $2 AND attempt = $3 AND status IS NULL`,
      [ticket.keyId, ticket.idempotencyKey, ticket.attempt],
    );
  }

  /**
   * The request was refused before anything was done: the key is free, for a corrected request too. After an earlier
   * try that was cut short this is `abandon`, since that one may have done something.
   */
  async forget(ticket: Ticket): Promise<void> {
    if (!ticket.first) return this.abandon(ticket);
    await this.pool.query(
      `DELETE FROM operations.idempotency_answers
       WHERE key_id = $1 AND idempotency_key = $2 AND attempt = $3 AND status IS NULL`,
      [ticket.keyId, ticket.idempotencyKey, ticket.attempt],
    );
  }

  /** Returns how many expired answers went; at most `limit` at a time, so that no long transaction holds others up. */
  async purge(limit = 5_000): Promise<number> {
    const { rowCount } = await this.pool.query(
      `DELETE FROM operations.idempotency_answers WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM operations.idempotency_answers WHERE expires_at <= now()
         ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))`,
      [limit],
    );
    return rowCount ?? 0;
  }

  private async take(request: IdempotentRequest): Promise<Ticket | null> {
    const { keyId, idempotencyKey, requestHash } = request;
    const [attempt, commandId] = [uuidv7(), uuidv7()];
    // One statement, so that of callers who come together one gets a row back: the first by inserting it, or the first
    // to find it expired (everything starts anew) or left by a dead try (its command id stays).
    const { rows } = await this.pool.query<{ commandId: string }>(
      `INSERT INTO operations.idempotency_answers AS held
         (key_id, idempotency_key, request_hash, command_id, attempt, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
       ON CONFLICT (key_id, idempotency_key) DO UPDATE SET
         request_hash = EXCLUDED.request_hash,
         command_id = CASE WHEN held.expires_at <= now() THEN EXCLUDED.command_id ELSE held.command_id END,
         attempt = EXCLUDED.attempt, started_at = now(), expires_at = EXCLUDED.expires_at,
         status = NULL, headers = NULL, body = NULL
       WHERE held.expires_at <= now() OR (held.status IS NULL AND held.request_hash = EXCLUDED.request_hash
         AND held.started_at < now() - $7 * interval '1 millisecond')
       RETURNING command_id AS "commandId"`,
      [keyId, idempotencyKey, requestHash, commandId, attempt, this.keepMs, this.takeOverAfterMs],
    );
    const taken = rows[0];
    if (taken === undefined) return null;
    return { keyId, idempotencyKey, attempt, commandId: taken.commandId, first: taken.commandId === commandId };
  }

  private async read(request: IdempotentRequest): Promise<AnswerRow | null> {
    const { rows } = await this.pool.query<AnswerRow>(
      `SELECT request_hash AS "requestHash", status, headers, body FROM operations.idempotency_answers
       WHERE key_id = $1 AND idempotency_key = $2 AND expires_at > now()`,
      [request.keyId, request.idempotencyKey],
    );
    return rows[0] ?? null;
  }
}
