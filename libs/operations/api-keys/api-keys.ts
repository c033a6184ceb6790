import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { hashOf, isSame, keyIdOf, matches, newSecret } from './key-secret.js';
import type { Role } from './role.js';

export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  /** The actor id of who made it: `key:<uuid>`, or `system:<name>`. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
}

export interface NewApiKey {
  /** UUIDv7. A key that is already there under this id is left alone, so that a retry makes no second one. */
  readonly keyId?: string;
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  /** The name shown for who made it; the id when left out. */
  readonly createdByName?: string;
  readonly expiresAt?: Date | null;
}

export interface CreatedApiKey {
  readonly key: ApiKey;
  /** Shown this once. Null: an earlier try made the key, and its secret is not kept anywhere. */
  readonly secret: string | null;
}

export type Verification =
  | { readonly outcome: 'accepted'; readonly key: ApiKey }
  /** `unknown` also stands for a wrong secret: it says nothing about which ids exist. */
  | { readonly outcome: 'unknown' | 'revoked' | 'expired' };

export interface KeyPageRequest {
  readonly limit: number;
  readonly cursor: readonly string[] | null;
}

export interface KeyPage {
  readonly items: readonly ApiKey[];
  /** The sort key of the last item; null: there is no more. */
  readonly next: readonly string[] | null;
}

export interface ApiKeysOptions {
  /** How long a verified key is remembered: a revocation made by another process takes effect within this time. */
  readonly rememberMs?: number;
  /** Told when a key's last use could not be written; the request itself goes on. */
  readonly onLastUsedLost?: (error: unknown) => void;
}

interface KeyRow extends ApiKey {
  readonly secretHash: Buffer;
}

/** lru-cache holds no null, and an unknown id is worth remembering too. */
interface Remembered {
  readonly row: KeyRow | null;
  /** Of an accepted key: the same each time. */
  readonly accepted: Verification;
  /** The secret whose hash was found to be that of the key, for as long as the key is remembered; null: none was yet. */
  matched: Buffer | null;
}

const COLUMNS = `key_id AS "keyId", name, role, created_by AS "createdBy", created_at AS "createdAt",
  expires_at AS "expiresAt", revoked_at AS "revokedAt", last_used_at AS "lastUsedAt"`;
/** In the access log, in the same statement: of each key it says who made it, or there is no key. */
const NOTE_CREATION = `INSERT INTO operations.access_log (id, actor_id, actor_name, action, subject, detail)
  SELECT $7, created_by, $8, 'key.created', 'key-' || key_id, jsonb_build_object('name', name, 'role', role) FROM made`;
const LAST_USED_EVERY_MS = 60_000;
/** Any number that no other advisory lock of the database uses. */
const FIRST_ADMINISTRATOR_LOCK = 7_310_420_155;

/** API keys: made, shown once, stored hashed, and never deleted, since events name them for ever. */
export class ApiKeys {
  private readonly remembered: LRUCache<string, Remembered>;
  private readonly lastUsedWrites = new LRUCache<string, number>({ max: 10_000 });
  private readonly writing = new Set<Promise<void>>();

  constructor(
    private readonly pool: Pool,
    private readonly options: ApiKeysOptions = {},
  ) {
    this.remembered = new LRUCache({
      max: 10_000,
      ttl: options.rememberMs ?? 2_000,
      // Requests that come together with the same key share one query.
      fetchMethod: async (keyId) => remember(await this.load(keyId)),
    });
  }

  async create(key: NewApiKey): Promise<CreatedApiKey> {
    const keyId = key.keyId ?? uuidv7();
    const secret = newSecret(keyId);
    const { rows } = await this.pool.query<ApiKey>(
      `WITH made AS (
         INSERT INTO operations.api_keys (key_id, name, role, secret_hash, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key_id) DO NOTHING RETURNING *
       ), noted AS (${NOTE_CREATION})
       SELECT ${COLUMNS} FROM made`,
      [
        keyId,
        key.name,
        key.role,
        hashOf(secret),
        key.createdBy,
        key.expiresAt ?? null,
        uuidv7(),
        key.createdByName ?? key.createdBy,
      ],
    );
    this.remembered.delete(keyId);
    if (rows[0] !== undefined) return { key: rows[0], secret };
    const existing = await this.find(keyId);
    if (existing === null) throw new Error(`API key ${keyId} is neither new nor there.`);
    return { key: existing, secret: null };
  }

  async verify(secret: string): Promise<Verification> {
    const keyId = keyIdOf(secret);
    if (keyId === null) return { outcome: 'unknown' };
    return this.check(secret, await this.remembered.fetch(keyId));
  }

  /** As `verify`, of a key that is remembered; null otherwise. */
  recall(secret: string): Verification | null {
    const remembered = this.remembered.get(keyIdOf(secret) ?? '');
    return remembered === undefined ? null : this.check(secret, remembered);
  }

  /** Of a key whose secret was checked before, such as that of a session. */
  async standingOf(keyId: string): Promise<Verification> {
    return this.judge(await this.remembered.fetch(keyId));
  }

  private check(secret: string, remembered: Remembered | undefined): Verification {
    return remembered !== undefined && isSecretOf(remembered, secret) ? this.judge(remembered) : { outcome: 'unknown' };
  }

  private judge(remembered: Remembered | undefined): Verification {
    const row = remembered?.row ?? null;
    if (remembered === undefined || row === null) return { outcome: 'unknown' };
    if (row.revokedAt !== null) return { outcome: 'revoked' };
    if (row.expiresAt !== null && row.expiresAt.getTime() <= Date.now()) return { outcome: 'expired' };
    this.noteUse(row.keyId);
    return remembered.accepted;
  }

  async find(keyId: string): Promise<ApiKey | null> {
    const { rows } = await this.pool.query<ApiKey>(`SELECT ${COLUMNS} FROM operations.api_keys WHERE key_id = $1`, [
      keyId,
    ]);
    return rows[0] ?? null;
  }

  /** The newest first; `cursor` is the `next` of the page before. */
  async list({ limit, cursor }: KeyPageRequest): Promise<KeyPage> {
    // Milliseconds would lose the place between two keys made in the same one: the cursor keeps the database's text.
    const { rows } = await this.pool.query<ApiKey & { createdAtText: string }>(
      `SELECT ${COLUMNS}, created_at::text AS "createdAtText" FROM operations.api_keys
       WHERE $2::timestamptz IS NULL OR (created_at, key_id) < ($2::timestamptz, $3::uuid)
       ORDER BY created_at DESC, key_id DESC LIMIT $1`,
      [limit + 1, cursor?.[0] ?? null, cursor?.[1] ?? null],
    );
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, next: rows.length > limit && last !== undefined ? [last.createdAtText, last.keyId] : null };
  }

  /** Of a key revoked before: as it was then. Null: there is none of that id. */
  async revoke(keyId: string, by: { readonly id: string; readonly name: string }): Promise<ApiKey | null> {
    await this.pool.query(
      `WITH revoked AS (
         UPDATE operations.api_keys SET revoked_at = now() WHERE key_id = $1 AND revoked_at IS NULL RETURNING *
       )
       INSERT INTO operations.access_log (id, actor_id, actor_name, action, subject, detail)
       SELECT $2, $3, $4, 'key.revoked', 'key-' || key_id, jsonb_build_object('name', name, 'role', role) FROM revoked`,
      [keyId, uuidv7(), by.id, by.name],
    );
    this.remembered.delete(keyId);
    return this.find(keyId);
  }

  /** Which of these keys are revoked or expired, for those who let a caller in some time ago. */
  async ended(keyIds: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ keyId: string }>(
      `SELECT key_id AS "keyId" FROM operations.api_keys
       WHERE key_id = ANY ($1::uuid[]) AND (revoked_at IS NOT NULL OR expires_at <= now())`,
      [keyIds],
    );
    return rows.map(({ keyId }) => keyId);
  }

  /**
   * Makes an administrator's key if there never was one, revoked and expired ones included, and returns its secret;
   * null otherwise. Of any number of processes that start together, one gets the secret.
   */
  async ensureFirstAdministrator(): Promise<string | null> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [FIRST_ADMINISTRATOR_LOCK]);
      const keyId = uuidv7();
      const secret = newSecret(keyId);
      const { rowCount } = await client.query(
        `WITH made AS (
           INSERT INTO operations.api_keys (key_id, name, role, secret_hash, created_by)
           SELECT $1, 'First administrator', 'admin', $2, 'system:setup'
           WHERE NOT EXISTS (SELECT FROM operations.api_keys WHERE role = 'admin') RETURNING *
         )
         INSERT INTO operations.access_log (id, actor_id, actor_name, action, subject, detail)
         SELECT $3, created_by, 'Setup', 'key.created', 'key-' || key_id, jsonb_build_object('name', name, 'role', role)
         FROM made`,
        [keyId, hashOf(secret), uuidv7()],
      );
      await client.query('COMMIT');
      return rowCount === 1 ? secret : null;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Waits until the last uses noted so far are written. */
  async settle(): Promise<void> {
    await Promise.all(this.writing);
  }

  private async load(keyId: string): Promise<KeyRow | null> {
    const { rows } = await this.pool.query<KeyRow>(
      `SELECT ${COLUMNS}, secret_hash AS "secretHash" FROM operations.api_keys WHERE key_id = $1`,
      [keyId],
    );
    return rows[0] ?? null;
  }

  private noteUse(keyId: string): void {
    const now = Date.now();
    if (now - (this.lastUsedWrites.get(keyId) ?? 0) < LAST_USED_EVERY_MS) return;
    this.lastUsedWrites.set(keyId, now);
    const write = this.writeUse(keyId)
      .catch((error: unknown) => this.options.onLastUsedLost?.(error))
      .finally(() => this.writing.delete(write));
    this.writing.add(write);
  }

  private async writeUse(keyId: string): Promise<void> {
    // The condition keeps several processes to one write a minute as well.
    await this.pool.query(
      `UPDATE operations.api_keys SET last_used_at = now()
       WHERE key_id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [keyId],
    );
  }
}

function remember(row: KeyRow | null): Remembered {
  if (row === null) return { row, accepted: { outcome: 'unknown' }, matched: null };
  const { secretHash: _, ...key } = row;
  return { row, accepted: { outcome: 'accepted', key }, matched: null };
}

function isSecretOf(remembered: Remembered, secret: string): boolean {
  const { row, matched } = remembered;
  if (matched !== null && isSame(secret, matched)) return true;
  if (row === null || !matches(secret, row.secretHash)) return false;
  remembered.matched = Buffer.from(secret, 'latin1');
  return true;
}
