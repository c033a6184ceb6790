/** Leaves from `from` up to, and without, `to`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** A node over 2^level leaves, the `index`-th of its level. Level 0 is the leaves. */
export interface NodeRef {
  readonly level: number;
  readonly index: number;
}

/** RFC 6962, section 2.1.1: the ranges whose hashes prove that a leaf is in a tree, from the leaf upwards. */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  const path: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const split = from + powerBelow(to - from);
    path.push(index < split ? { from: split, to } : { from, to: split });
    if (index < split) to = split;
    else from = split;
  }
  return path.reverse();
}

/** RFC 6962, section 2.1.2: the ranges whose hashes prove that a tree begins as a smaller one. 0 < from <= to. */
export function consistencyRanges(from: number, to: number): readonly LeafRange[] {
  const path: LeafRange[] = [];
  let [start, end] = [0, to];
  while (end !== from) {
    const split = start + powerBelow(end - start);
    path.push(from <= split ? { from: split, to: end } : { from: start, to: split });
    if (from <= split) end = split;
    else start = split;
  }
  // Whoever has the old root needs no other hash for a subtree that is the old tree as a whole.
  if (start > 0) path.push({ from: start, to: end });
  return path.reverse();
}

/** The full nodes that a range of a tree is made of, from the left; `from` is where one of them begins. */
export function nodesOf({ from, to }: LeafRange): readonly NodeRef[] {
  const nodes: NodeRef[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** The largest power of two below `count`, which is at least 2. */
function powerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
