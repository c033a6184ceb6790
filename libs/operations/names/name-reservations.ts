import { setImmediate as turn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { type NameKind, NameRegistry } from '#application';

/** Names that a process keeps in memory; each takes about 200 bytes. */
const REMEMBERED = 50_000;

interface Name {
  readonly kind: NameKind;
  readonly name: string;
}

interface Look {
  readonly names: Map<string, Name>;
  readonly holders: Promise<ReadonlyMap<string, string>>;
}

/**
 * Names in a table with a primary key, which gives one winner to any number of callers. The log stays the truth: every
 * name in use stands in a `ThreadOpened`, `ThreadRevised` or `SourceRegistered` event, so that the table can be rebuilt
 * by reserving them again in the order of the log; what it holds beyond that is reservations never used.
 */
export class NameReservations extends NameRegistry {
  /** Who holds a name holds it for good once an event uses it, and none is freed that one might use. */
  private readonly holders = new LRUCache<string, string>({ max: REMEMBERED });
  /** What was asked for in this turn of the event loop. */
  private look: Look | null = null;

  constructor(private readonly pool: Pool) {
    super();
  }

  override async reserve(kind: NameKind, name: string, id: string): Promise<string> {
    const known = this.recall(kind, name);
    if (known !== null) return known;
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

  override recall(kind: NameKind, name: string): string | null {
    return this.holders.get(keyOf(kind, name)) ?? null;
  }

  override async lookup(kind: NameKind, name: string): Promise<string | null> {
    const known = this.recall(kind, name);
    if (known !== null) return known;
    this.look ??= this.gather();
    this.look.names.set(keyOf(kind, name), { kind, name });
    return (await this.look.holders).get(keyOf(kind, name)) ?? null;
  }

  private gather(): Look {
    const names: Look['names'] = new Map();
    return { names, holders: this.lookSoon(names) };
  }

  /** In the next turn of the event loop: what it finds is as new as what each who asked would have found alone. */
  private async lookSoon(names: Look['names']): ReturnType<NameReservations['holdersOf']> {
    await turn();
    this.look = null;
    return this.holdersOf([...names.values()]);
  }

  private async holdersOf(names: readonly Name[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.pool.query<Name & { readonly id: string }>(
      `SELECT kind, name, id FROM operations.name_reservations
       WHERE (kind, name) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
      [names.map(({ kind }) => kind), names.map(({ name }) => name)],
    );
    const found = new Map(rows.map(({ kind, name, id }) => [keyOf(kind, name), id]));
    for (const [key, id] of found) this.holders.set(key, id);
    return found;
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
