import type { Pool } from 'pg';
import { parseKey, type VerifierKey } from '../offline/verify.mjs';

export interface SignedCheckpoint {
  /** Rises with each that is signed. */
  readonly id: bigint;
  /** Events that the tree had. */
  readonly size: number;
  readonly root: Buffer;
  /** C2SP tlog-checkpoint, with its signatures. */
  readonly note: string;
  /** By our clock. */
  readonly signedAt: Date;
}

export interface PublishedKey {
  readonly key: VerifierKey;
  readonly addedAt: Date;
}

interface Row {
  readonly checkpoint_id: string;
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
  readonly signed_at: Date;
}

const COLUMNS = 'checkpoint_id, size, root, note, signed_at';
/** Any number that no other advisory lock of the database uses. */
const FIRST_KEY_LOCK = 7_310_420_156;

/** What was signed, and with which keys. Both are only ever added to. */
export class Checkpoints {
  constructor(private readonly pool: Pool) {}

  /** The largest, and of those the last signed. */
  async latest(): Promise<SignedCheckpoint | null> {
    return this.one('', 'size DESC, checkpoint_id DESC');
  }

  /** The first that was signed of a tree with the leaf. */
  async firstWith(leafIndex: number): Promise<SignedCheckpoint | null> {
    return this.one('WHERE size > $1', 'size, checkpoint_id', [leafIndex]);
  }

  /** The newest first; `before` is the id of the last one of the page before. */
  async list(limit: number, before: bigint | null = null): Promise<readonly SignedCheckpoint[]> {
    const { rows } = await this.pool.query<Row>(
      `SELECT ${COLUMNS} FROM proof.checkpoints WHERE $2::bigint IS NULL OR checkpoint_id < $2
       ORDER BY checkpoint_id DESC LIMIT $1`,
      [limit, before?.toString() ?? null],
    );
    return rows.map(checkpointOf);
  }

  /** From the smallest tree on, a batch at a time. */
  async *bySize(batchSize = 1_000): AsyncIterable<readonly SignedCheckpoint[]> {
    for (let [size, id] = ['-1', '0']; ; ) {
      const { rows } = await this.pool.query<Row>(
        `SELECT ${COLUMNS} FROM proof.checkpoints WHERE (size, checkpoint_id) > ($1::bigint, $2::bigint)
         ORDER BY size, checkpoint_id LIMIT $3`,
        [size, id, batchSize],
      );
      yield rows.map(checkpointOf);
      const last = rows.at(-1);
      if (last === undefined || rows.length < batchSize) return;
      [size, id] = [last.size, last.checkpoint_id];
    }
  }

  /** Those that more than one key has signed: with each of them a new key came. */
  async rotations(): Promise<readonly SignedCheckpoint[]> {
    const { rows } = await this.pool.query<Row>(
      `SELECT ${COLUMNS} FROM proof.checkpoints WHERE note LIKE E'%\\n\u2014 %\\n\u2014 %' ORDER BY checkpoint_id`,
    );
    return rows.map(checkpointOf);
  }

  async add(
    checkpoint: Pick<SignedCheckpoint, 'size' | 'root' | 'note'>,
    newKey?: VerifierKey,
  ): Promise<SignedCheckpoint> {
    const { rows } = await this.pool.query<Row>(
      `WITH key AS (INSERT INTO proof.keys (verifier_key) SELECT $4 WHERE $4::text IS NOT NULL)
       INSERT INTO proof.checkpoints (size, root, note) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
      [checkpoint.size, checkpoint.root, checkpoint.note, newKey?.text ?? null],
    );
    return checkpointOf(rows[0]);
  }

  /** In the order in which they were added. */
  async keys(): Promise<readonly PublishedKey[]> {
    const { rows } = await this.pool.query<{ verifier_key: string; added_at: Date }>(
      'SELECT verifier_key, added_at FROM proof.keys ORDER BY added_at, verifier_key',
    );
    return rows.map(({ verifier_key, added_at }) => ({ key: parseKey(verifier_key), addedAt: added_at }));
  }

  /** False: the ledger has a key already. Of any number of processes that start together, one gets true. */
  async addFirstKey(key: VerifierKey): Promise<boolean> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1)', [FIRST_KEY_LOCK]);
      const { rowCount } = await client.query(
        'INSERT INTO proof.keys (verifier_key) SELECT $1 WHERE NOT EXISTS (SELECT FROM proof.keys)',
        [key.text],
      );
      await client.query('COMMIT');
      return rowCount === 1;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  private async one(where: string, order: string, values: readonly unknown[] = []): Promise<SignedCheckpoint | null> {
    const { rows } = await this.pool.query<Row>(
      `SELECT ${COLUMNS} FROM proof.checkpoints ${where} ORDER BY ${order} LIMIT 1`,
      [...values],
    );
    return rows[0] === undefined ? null : checkpointOf(rows[0]);
  }
}

function checkpointOf(row: Row | undefined): SignedCheckpoint {
  if (row === undefined) throw new Error('A checkpoint that was stored is not there.');
  const { checkpoint_id, size, root, note, signed_at } = row;
  return { id: BigInt(checkpoint_id), size: Number(size), root, note, signedAt: signed_at };
}
