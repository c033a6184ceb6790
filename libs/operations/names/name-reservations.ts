import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { type NameKind, NameRegistry } from '#application';

/** Names that a process keeps in memory; each takes about 200 bytes. */
const REMEMBERED = 50_000;

/**
 * Names in a table with a primary key, which gives one winner to any number of callers. The log stays the truth: every
 * name in use stands in a `ThreadOpened`, `ThreadRevised` or `SourceRegistered` event, so that the table can be rebuilt
 * by reserving them again in the order of the log; what it holds beyond that is reservations never used.
 */
export class NameReservations extends NameRegistry {
  /** Who holds a name holds it for good once an event uses it, and none is freed that one might use. */
  private readonly holders = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(private readonly pool: Pool) {
    super();
  }

  override async reserve(kind: NameKind, name: string, id: string): Promise<string> {
    const known = this.holders.get(keyOf(kind, name));
    if (known !== undefined) return known;
    for (;;) {
      const { rowCount } = await this.pool.query(
        `INSERT INTO operations.name_reservations (kind, name, id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [kind, name, id],
      );
      if (rowCount === 1) {
        this.holders.set(keyOf(kind, name), id);
        return id;
      }
      // A statement of its own, with its own snapshot: it sees the row that the insert ran into.
      const holder = await this.lookup(kind, name);
      if (holder !== null) return holder;
      // Released in between.
    }
  }

  override async lookup(kind: NameKind, name: string): Promise<string | null> {
    const known = this.holders.get(keyOf(kind, name));
    if (known !== undefined) return known;
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM operations.name_reservations WHERE kind = $1 AND name = $2`,
      [kind, name],
    );
    const holder = rows[0]?.id ?? null;
    if (holder !== null) this.holders.set(keyOf(kind, name), holder);
    return holder;
  }

  /** Frees a name that no event uses. False: `id` does not hold it. */
  async release(kind: NameKind, name: string, id: string): Promise<boolean> {
    this.holders.delete(keyOf(kind, name));
    const { rowCount } = await this.pool.query(
      `DELETE FROM operations.name_reservations WHERE kind = $1 AND name = $2 AND id = $3`,
      [kind, name, id],
    );
    return rowCount === 1;
  }
}

function keyOf(kind: NameKind, name: string): string {
  return `${kind}/${name}`;
}
