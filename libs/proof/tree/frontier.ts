import { EMPTY_ROOT, nodeHash } from '../offline/verify.mjs';
import type { NodeRef } from './ranges.js';

/** Hash of the nodes that together make one range, from the left; null of none. */
export function foldNodes(hashes: readonly Buffer[]): Buffer | null {
  let root: Buffer | null = null;
  for (const hash of hashes.toReversed()) root = root === null ? hash : nodeHash(hash, root);
  return root;
}

export interface NewNode extends NodeRef {
  readonly hash: Buffer;
}

/** The right edge of a growing tree: all that is needed to add leaves and to know the root. */
export class Frontier {
  /** `hashes[level]` is a full node that waits for its right neighbour. */
  private readonly hashes: (Buffer | undefined)[] = [];

  /** `nodes`: the full nodes that the tree of `size` leaves is made of, from the left. */
  constructor(
    private leaves = 0,
    nodes: readonly NewNode[] = [],
  ) {
    for (const { level, hash } of nodes) this.hashes[level] = hash;
  }

  get size(): number {
    return this.leaves;
  }

  /** Tells of each node above the leaf that it has made full. */
  append(leaf: Buffer, onNode?: (node: NewNode) => void): void {
    let hash = leaf;
    let level = 0;
    this.leaves += 1;
    for (let left = this.hashes[level]; left !== undefined; left = this.hashes[level]) {
      this.hashes[level] = undefined;
      hash = nodeHash(left, hash);
      level += 1;
      onNode?.({ level, index: this.leaves / 2 ** level - 1, hash });
    }
    this.hashes[level] = hash;
  }

  root(): Buffer {
    return foldNodes(this.hashes.filter((hash) => hash !== undefined).reverse()) ?? EMPTY_ROOT;
  }
}
