import type { Pool } from 'pg';
import { BEFORE_FIRST, type Position, type Revision } from '#event-store';
import { EMPTY_ROOT, nodeHash } from '../offline/verify.mjs';
import { Frontier, foldNodes, type NewNode } from './frontier.js';
import { consistencyRanges, inclusionRanges, type LeafRange, type NodeRef, nodesOf } from './ranges.js';

export interface Leaf {
  /** The place of the event in the order of the log, from 0. */
  readonly index: number;
  readonly eventId: string;
  readonly stream: string;
  readonly revision: Revision;
  readonly hash: Buffer;
}

export interface NewLeaf extends Omit<Leaf, 'index'> {
  readonly position: Position;
}

/** Another process has appended meanwhile: what this one knew of the tree is of no use. */
export class TreeHasGrown extends Error {
  override readonly name = 'TreeHasGrown';
}

/** Nodes are stored at every fourth level. */
const STEP = 4;
const COLUMNS = 'leaf_index, event_id, stream, revision, hash';
const UNIQUE_VIOLATION = '23505';

interface LeafRow {
  readonly leaf_index: string;
  readonly event_id: string;
  readonly stream: string;
  readonly revision: string;
  readonly hash: Buffer;
}

/** The event of the last leaf, which stands in one stream at one revision whatever store the log is in. */
export interface LastLeaf {
  readonly eventId: string;
  readonly stream: string;
  readonly revision: Revision;
}

interface Tip {
  readonly size: number;
  readonly position: Position;
  readonly last: LastLeaf | null;
}

/** The tree in PostgreSQL: a proof reads at most 16 hashes for each of its levels. */
export class StoredTree {
  constructor(private readonly pool: Pool) {}

  async size(): Promise<number> {
    return (await this.tip()).size;
  }

  /** How many leaves there are, and how far the log has been read for them. */
  async tip(): Promise<Tip> {
    const { rows } = await this.pool.query<
      Record<'leaf_index' | 'position' | 'event_id' | 'stream' | 'revision', string>
    >('SELECT leaf_index, position, event_id, stream, revision FROM proof.leaves ORDER BY leaf_index DESC LIMIT 1');
    const [row] = rows;
    if (row === undefined) return { size: 0, position: BEFORE_FIRST, last: null };
    const last = { eventId: row.event_id, stream: row.stream, revision: BigInt(row.revision) };
    return { size: Number(row.leaf_index) + 1, position: BigInt(row.position), last };
  }

  async frontier(size: number): Promise<Frontier> {
    const refs = nodesOf({ from: 0, to: size });
    const hashes = await this.hashesOf(refs);
    return new Frontier(
      size,
      refs.map((ref, n) => ({ ...ref, hash: at(hashes, n) })),
    );
  }

  /**
   * Leaves and the nodes that they make full, in one statement: all or nothing. The key of the first leaf is what makes
   * one of several processes win.
   *
   * @throws TreeHasGrown
   */
  async append(first: number, leaves: readonly NewLeaf[], nodes: readonly NewNode[]): Promise<void> {
    const stored = nodes.filter(({ level }) => level % STEP === 0);
    try {
      await this.pool.query(
        `WITH nodes AS (
           INSERT INTO proof.nodes (level, node_index, hash)
           SELECT level, node_index, substring($9::bytea FROM (n * 32 - 31)::integer FOR 32)
           FROM unnest($7::smallint[], $8::bigint[]) WITH ORDINALITY AS new (level, node_index, n)
         )
         INSERT INTO proof.leaves (leaf_index, event_id, stream, revision, position, hash)
         SELECT $1::bigint + n - 1, event_id, stream, revision, position,
                substring($6::bytea FROM (n * 32 - 31)::integer FOR 32)
         FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::numeric[]) WITH ORDINALITY
           AS new (event_id, stream, revision, position, n)`,
        [
          first,
          leaves.map(({ eventId }) => eventId),
          leaves.map(({ stream }) => stream),
          leaves.map(({ revision }) => revision.toString()),
          leaves.map(({ position }) => position.toString()),
          Buffer.concat(leaves.map(({ hash }) => hash)),
          stored.map(({ level }) => level),
          stored.map(({ index }) => index),
          Buffer.concat(stored.map(({ hash }) => hash)),
        ],
      );
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) {
        throw new TreeHasGrown('Another process has appended to the tree.', { cause: error });
      }
      throw error;
    }
  }

  /** Of the leaves with these events, those that are there, in their order. */
  async leavesOf(eventIds: readonly string[]): Promise<readonly Leaf[]> {
    const { rows } = await this.pool.query<LeafRow>(
      `SELECT ${COLUMNS} FROM proof.leaves WHERE event_id = ANY ($1::uuid[]) ORDER BY leaf_index`,
      [eventIds],
    );
    return rows.map(leafOf);
  }

  /** In order, a batch at a time. */
  async *leaves(batchSize: number, to = Number.MAX_SAFE_INTEGER): AsyncIterable<readonly Leaf[]> {
    const next = (from: number) =>
      this.pool.query<LeafRow>(
        `SELECT ${COLUMNS} FROM proof.leaves WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index LIMIT $3`,
        [from, to, batchSize],
      );
    let coming = next(0);
    for (;;) {
      const { rows } = await coming;
      const last = rows.at(-1);
      if (last === undefined) return;
      coming = next(Number(last.leaf_index) + 1);
      // Unheard, what goes wrong while the consumer is at this batch would end the process.
      coming.catch(() => undefined);
      yield rows.map(leafOf);
    }
  }

  /** The stored nodes above the leaves, those of a level in their order. */
  async *nodes(level: number, batchSize: number): AsyncIterable<readonly NewNode[]> {
    for (let from = 0; ; ) {
      const { rows } = await this.pool.query<{ node_index: string; hash: Buffer }>(
        'SELECT node_index, hash FROM proof.nodes WHERE level = $1 AND node_index >= $2 ORDER BY node_index LIMIT $3',
        [level, from, batchSize],
      );
      yield rows.map(({ node_index, hash }) => ({ level, index: Number(node_index), hash }));
      if (rows.length < batchSize) return;
      from = Number(rows.at(-1)?.node_index) + 1;
    }
  }

  async root(size: number): Promise<Buffer> {
    const [root] = await this.hashesOfRanges([{ from: 0, to: size }]);
    return root ?? EMPTY_ROOT;
  }

  /** RFC 6962 audit path, from the leaf upwards. `index` < `size` <= the size of the tree. */
  inclusion(index: number, size: number): Promise<readonly Buffer[]> {
    return this.hashesOfRanges(inclusionRanges(index, size));
  }

  /** RFC 6962 consistency proof. `from` <= `to` <= the size of the tree. */
  consistency(from: number, to: number): Promise<readonly Buffer[]> {
    return this.hashesOfRanges(from === 0 ? [] : consistencyRanges(from, to));
  }

  private async hashesOfRanges(ranges: readonly LeafRange[]): Promise<readonly Buffer[]> {
    const parts = ranges.map(nodesOf);
    const hashes = await this.hashesOf(parts.flat());
    let taken = 0;
    return parts.flatMap((nodes) => {
      const own = hashes.slice(taken, taken + nodes.length);
      taken += nodes.length;
      return foldNodes(own) ?? [];
    });
  }

  /** @throws RangeError when the tree does not have one of them yet */
  private async hashesOf(refs: readonly NodeRef[]): Promise<readonly Buffer[]> {
    const [leaves, nodes] = await Promise.all([
      this.read(refs, 'FROM proof.leaves t', 't.leaf_index', (level) => level === 0),
      this.read(refs, 'FROM proof.nodes t', 't.node_index', (level) => level > 0),
    ]);
    return refs.map((ref, n) => {
      const below = leaves.get(n) ?? nodes.get(n) ?? [];
      if (below.length !== 2 ** (ref.level % STEP)) {
        throw new RangeError(`The tree has no full node ${ref.index} at level ${ref.level}.`);
      }
      return foldFull(below);
    });
  }

  /** For each node, by its place in the list, the stored ones below it (or itself). */
  private async read(
    refs: readonly NodeRef[],
    table: 'FROM proof.leaves t' | 'FROM proof.nodes t',
    index: string,
    isStored: (level: number) => boolean,
  ): Promise<ReadonlyMap<number, readonly Buffer[]>> {
    const wanted = refs
      .map(({ level, index: place }, n) => ({ n, level: level - (level % STEP), place, width: 2 ** (level % STEP) }))
      .filter(({ level }) => isStored(level));
    const found = new Map<number, Buffer[]>();
    if (wanted.length === 0) return found;
    const { rows } = await this.pool.query<{ n: number; hash: Buffer }>(
      `SELECT w.n, t.hash
       FROM unnest($1::integer[], $2::smallint[], $3::bigint[], $4::bigint[]) AS w (n, level, first, after)
       CROSS JOIN LATERAL (SELECT ${index} AS place, t.hash ${table}
                           WHERE ${index} >= w.first AND ${index} < w.after
                             ${table.includes('nodes') ? 'AND t.level = w.level' : 'AND w.level = 0'}) t
       ORDER BY w.n, t.place`,
      [
        wanted.map(({ n }) => n),
        wanted.map(({ level }) => level),
        wanted.map(({ place, width }) => place * width),
        wanted.map(({ place, width }) => (place + 1) * width),
      ],
    );
    for (const { n, hash } of rows) found.set(n, [...(found.get(n) ?? []), hash]);
    return found;
  }
}

function leafOf({ leaf_index, event_id, stream, revision, hash }: LeafRow): Leaf {
  return { index: Number(leaf_index), eventId: event_id, stream, revision: BigInt(revision), hash };
}

/** Of a power of two of hashes. */
function foldFull(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, n) => nodeHash(at(level, 2 * n), at(level, 2 * n + 1)));
  }
  return at(level, 0);
}

function at(hashes: readonly Buffer[], n: number): Buffer {
  const hash = hashes[n];
  if (hash === undefined) throw new RangeError('A hash of the tree is missing.');
  return hash;
}
