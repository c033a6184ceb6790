import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { ApiKey, ApiKeys, Verification } from '../api-keys/api-keys.js';
import { newToken, tokenHash } from './session-token.js';

/** As long as a working day with its overtime. */
const LIFETIME = '12 hours';

export interface Session {
  /** For the cookie; stored only as a hash. */
  readonly token: string;
  readonly key: ApiKey;
  readonly expiresAt: Date;
}

export type SessionVerification =
  | { readonly outcome: 'accepted'; readonly session: Session }
  | Exclude<Verification, { readonly outcome: 'accepted' }>;

export interface SessionsOptions {
  /** How long a session that was found is remembered: one that ends in another process ends here within this time. */
  readonly rememberMs?: number;
}

interface SessionRow {
  readonly keyId: string;
  readonly expiresAt: Date;
}

/** People who signed in with an API key: what they may do is what the key may, for as long as it may. */
export class Sessions {
  private readonly remembered: LRUCache<string, { readonly row: SessionRow | null }>;
  private readonly endings = new Set<(token: string) => void>();

  constructor(
    private readonly pool: Pool,
    private readonly keys: ApiKeys,
    options: SessionsOptions = {},
  ) {
    this.remembered = new LRUCache({
      max: 10_000,
      ttl: options.rememberMs ?? 2_000,
      fetchMethod: async (token) => ({ row: await this.load(token) }),
    });
  }

  async signIn(secret: string): Promise<SessionVerification> {
    const verification = await this.keys.verify(secret);
    return verification.outcome === 'accepted' ? this.begin(verification.key) : verification;
  }

  /** With a link of `makeLink`, once. */
  async signInByLink(linkToken: string): Promise<SessionVerification> {
    const { rows } = await this.pool.query<{ readonly keyId: string; readonly expired: boolean }>(
      `DELETE FROM operations.sign_in_links WHERE token_hash = $1
       RETURNING key_id AS "keyId", expires_at <= now() AS expired`,
      [tokenHash(linkToken)],
    );
    const link = rows[0];
    if (link === undefined) return { outcome: 'unknown' };
    if (link.expired) return { outcome: 'expired' };
    const verification = await this.keys.standingOf(link.keyId);
    return verification.outcome === 'accepted' ? this.begin(verification.key) : verification;
  }

  async verify(token: string): Promise<SessionVerification> {
    const row = tokenHash(token) === null ? null : ((await this.remembered.fetch(token))?.row ?? null);
    if (row === null) return { outcome: 'unknown' };
    if (row.expiresAt.getTime() <= Date.now()) return { outcome: 'expired' };
    const verification = await this.keys.standingOf(row.keyId);
    if (verification.outcome !== 'accepted') return verification;
    return { outcome: 'accepted', session: { token, key: verification.key, expiresAt: row.expiresAt } };
  }

  async end(token: string): Promise<void> {
    await this.pool.query(`DELETE FROM operations.sessions WHERE token_hash = $1`, [tokenHash(token)]);
    this.remembered.delete(token);
    for (const tell of this.endings) tell(token);
  }

  /** Tells of each session that somebody ends in this process, until the answer is called. */
  onEnded(tell: (token: string) => void): () => void {
    this.endings.add(tell);
    return () => this.endings.delete(tell);
  }

  /** Which of these sessions somebody ended, in any process, or have run out; those of ended keys are `ApiKeys.ended`. */
  async ended(tokens: readonly string[]): Promise<readonly string[]> {
    if (tokens.length === 0) return [];
    const { rows } = await this.pool.query<{ readonly hash: Buffer }>(
      `SELECT token_hash AS hash FROM operations.sessions WHERE token_hash = ANY ($1::bytea[]) AND expires_at > now()`,
      [tokens.map(tokenHash)],
    );
    const standing = new Set(rows.map(({ hash }) => hash.toString('hex')));
    return tokens.filter((token) => !standing.has(tokenHash(token)?.toString('hex') ?? ''));
  }

  /** The token of a link that signs in as the key: once, and within so many minutes. */
  async makeLink(keyId: string, minutes: number): Promise<string> {
    const token = newToken();
    await this.pool.query(
      `INSERT INTO operations.sign_in_links (token_hash, key_id, expires_at)
       VALUES ($1, $2, now() + make_interval(mins => $3))`,
      [tokenHash(token), keyId, minutes],
    );
    return token;
  }

  /** Deletes what has expired. */
  async purge(): Promise<void> {
    await this.pool.query(`DELETE FROM operations.sessions WHERE expires_at <= now()`);
    await this.pool.query(`DELETE FROM operations.sign_in_links WHERE expires_at <= now()`);
  }

  private async begin(key: ApiKey): Promise<SessionVerification> {
    const token = newToken();
    const { rows } = await this.pool.query<{ readonly expiresAt: Date }>(
      `INSERT INTO operations.sessions (token_hash, key_id, expires_at)
       VALUES ($1, $2, least(now() + interval '${LIFETIME}', $3::timestamptz)) RETURNING expires_at AS "expiresAt"`,
      [tokenHash(token), key.keyId, key.expiresAt],
    );
    const [{ expiresAt } = { expiresAt: new Date(0) }] = rows;
    return { outcome: 'accepted', session: { token, key, expiresAt } };
  }

  private async load(token: string): Promise<SessionRow | null> {
    const { rows } = await this.pool.query<SessionRow>(
      `SELECT key_id AS "keyId", expires_at AS "expiresAt" FROM operations.sessions WHERE token_hash = $1`,
      [tokenHash(token)],
    );
    return rows[0] ?? null;
  }
}
