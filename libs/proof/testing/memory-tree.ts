import { EMPTY_ROOT, leafHash } from '../offline/verify.mjs';
import { Frontier, foldNodes } from '../tree/frontier.js';
import { consistencyRanges, inclusionRanges, type LeafRange, nodesOf } from '../tree/ranges.js';

/** A whole tree in memory, built by the very parts that the stored one is built of. */
export class MemoryTree {
  private readonly nodes = new Map<string, Buffer>();

  constructor(leaves: readonly Uint8Array[]) {
    const frontier = new Frontier();
    for (const [index, leaf] of leaves.entries()) {
      this.nodes.set(`0/${index}`, leafHash(leaf));
      frontier.append(leafHash(leaf), (node) => this.nodes.set(`${node.level}/${node.index}`, node.hash));
    }
  }

  root(size: number): Buffer {
    return size === 0 ? EMPTY_ROOT : this.hash({ from: 0, to: size });
  }

  inclusion(index: number, size: number): readonly Buffer[] {
    return inclusionRanges(index, size).map((range) => this.hash(range));
  }

  consistency(from: number, to: number): readonly Buffer[] {
    return consistencyRanges(from, to).map((range) => this.hash(range));
  }

  private hash(range: LeafRange): Buffer {
    const hashes = nodesOf(range).map(({ level, index }) => this.nodes.get(`${level}/${index}`));
    const root = foldNodes(hashes.map((hash) => hash ?? Buffer.alloc(0)));
    if (root === null || hashes.includes(undefined)) throw new Error('The tree is not that large.');
    return root;
  }
}
