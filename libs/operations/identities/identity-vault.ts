import type { Pool } from 'pg';
import type { IdentityKey, SealedBox } from './identity-key.js';

/** This process has no key for the identities of sealed sources. */
export class NoIdentityKey extends Error {
  override readonly name = 'NoIdentityKey';
  readonly code = 'no_identity_key';

  constructor() {
    super(
      'This process has no key for sealed identities. Give it the key file (IDENTITY_KEY_FILE), or ask one that has.',
    );
  }
}

export interface SealedIdentity {
  readonly identity: string;
  /** Hex. `commitment` is SHA-256 of these bytes and the identity in UTF-8. */
  readonly salt: string;
  readonly commitment: string;
  readonly sealedBy: string;
  readonly sealedAt: Date;
}

interface Row {
  readonly key_id: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly sealed_by: string;
  readonly sealed_at: Date;
}

/** The identities of sealed sources, encrypted, each under the commitment that an event holds or is to hold. */
export class IdentityVault {
  constructor(
    private readonly pool: Pool,
    private key: IdentityKey | null = null,
  ) {}

  use(key: IdentityKey | null): void {
    this.key = key;
  }

  /** The id of the key that identities are sealed with; of several processes that claim one, the first. */
  async claimKey(keyId: string): Promise<string> {
    await this.pool.query('INSERT INTO operations.identity_key (key_id) VALUES ($1) ON CONFLICT DO NOTHING', [keyId]);
    return (await this.keyId()) ?? keyId;
  }

  /** Null: no key has been claimed yet. */
  async keyId(): Promise<string | null> {
    const { rows } = await this.pool.query<{ key_id: string }>('SELECT key_id FROM operations.identity_key');
    return rows[0]?.key_id ?? null;
  }

  /**
   * Puts an identity in, under a commitment of its own, and answers that.
   * @throws NoIdentityKey
   */
  async put(sourceId: string, identity: string, sealedBy: string): Promise<string> {
    const { keyId, commitment, nonce, ciphertext } = this.needKey().seal(sourceId, identity);
    await this.pool.query(
      `INSERT INTO operations.sealed_identities (source_id, commitment, key_id, nonce, ciphertext, sealed_by)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [sourceId, commitment, keyId, nonce, ciphertext, sealedBy],
    );
    return commitment;
  }

  /** @throws NoIdentityKey */
  async read(sourceId: string, commitment: string): Promise<SealedIdentity | null> {
    const { rows } = await this.pool.query<Row>(
      `SELECT key_id, nonce, ciphertext, sealed_by, sealed_at FROM operations.sealed_identities
       WHERE source_id = $1 AND commitment = $2`,
      [sourceId, commitment],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const key = this.needKey();
    if (key.id !== row.key_id) throw new NoIdentityKey();
    const box: SealedBox = { keyId: row.key_id, commitment, nonce: row.nonce, ciphertext: row.ciphertext };
    return { ...key.open(sourceId, box), commitment, sealedBy: row.sealed_by, sealedAt: row.sealed_at };
  }

  /** All of a source, or all but the one that its event holds. */
  async remove(sourceId: string, except: string | null = null): Promise<void> {
    await this.pool.query(
      'DELETE FROM operations.sealed_identities WHERE source_id = $1 AND ($2::text IS NULL OR commitment <> $2)',
      [sourceId, except],
    );
  }

  /** A try that came to nothing. */
  async takeBack(sourceId: string, commitment: string): Promise<void> {
    await this.pool.query('DELETE FROM operations.sealed_identities WHERE source_id = $1 AND commitment = $2', [
      sourceId,
      commitment,
    ]);
  }

  private needKey(): IdentityKey {
    if (this.key === null) throw new NoIdentityKey();
    return this.key;
  }
}
